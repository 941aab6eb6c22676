-- Traces that show masked values, the most of them first.
SELECT trace_id, max(arraySum(mapValues(entities))) AS masked
FROM policy_decisions FINAL
WHERE at >= {start:DateTime64(3)} AND at < {end:DateTime64(3)} AND check_id = 'redact'
GROUP BY trace_id
ORDER BY masked DESC, trace_id
LIMIT 3
