-- Model calls of the whole period.
SELECT
    sum(llm_calls) AS requests,
    sumIf(llm_calls, status = 'error') AS failed,
    quantilesDDMerge(0.01, 0.5, 0.9, 0.95, 0.99)(duration_sketch) AS duration_ms
FROM calls_1m
WHERE minute >= {start:DateTime64(3)} AND minute < {end:DateTime64(3)} AND llm_calls > 0
