-- The oldest row of each kind.
SELECT 'spans' AS what, count() AS amount, min(Timestamp) AS oldest, min(IngestedAt) AS first_arrival FROM otel_traces
UNION ALL
SELECT 'calls' AS what, count() AS amount, min(timestamp) AS oldest, min(ingested_at) AS first_arrival FROM llm_calls
UNION ALL
SELECT 'minutes counted' AS what, count() AS amount, toDateTime64(min(minute), 9) AS oldest, toDateTime64(0, 3) AS first_arrival
FROM spans_1m
ORDER BY what DESC
