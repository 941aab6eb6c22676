-- Marked and unmarked outputs by policy, model and service.
SELECT policy_id, model, service, countIf(verdict IN ('present', 'declared')) AS marked, countIf(verdict = 'absent') AS absent,
    countIf(verdict NOT IN ('present', 'declared', 'absent')) AS undecided
FROM policy_decisions FINAL
WHERE at >= {start:DateTime64(3)} AND at < {end:DateTime64(3)} AND policy_id IN {policies:Array(String)}
GROUP BY policy_id, model, service
ORDER BY absent DESC, policy_id, model, service
LIMIT 20
