-- Why calls failed, the most frequent reason first, with traces that show it.
SELECT error_type, count() AS failed, groupArraySorted(3)(trace_id) AS traces
FROM llm_calls
WHERE timestamp >= {start:DateTime64(3)} AND timestamp < {end:DateTime64(3)} AND is_llm_call AND status = 'error'
GROUP BY error_type
ORDER BY failed DESC, error_type
LIMIT 10
