-- What the marking policies decided on the period's outputs, each decision in its newest version.
SELECT policy_id, digest, verdict, reason, count() AS decisions, sum(tokens_scored) AS tokens, sum(ifNull(score, 0)) AS score,
    groupArraySorted(3)(trace_id) AS traces
FROM policy_decisions FINAL
WHERE at >= {start:DateTime64(3)} AND at < {end:DateTime64(3)} AND policy_id IN {policies:Array(String)}
GROUP BY policy_id, digest, verdict, reason
ORDER BY policy_id, decisions DESC, verdict, reason
