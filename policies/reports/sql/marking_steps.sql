-- Marked and unmarked outputs by step of time.
SELECT toDateTime(intDiv(toUnixTimestamp(at), {step:UInt32}) * {step:UInt32}, 'UTC') AS step_at,
    countIf(verdict IN ('present', 'declared')) AS marked, countIf(verdict = 'absent') AS absent
FROM policy_decisions FINAL
WHERE at >= {start:DateTime64(3)} AND at < {end:DateTime64(3)} AND policy_id IN {policies:Array(String)}
GROUP BY step_at
ORDER BY step_at
