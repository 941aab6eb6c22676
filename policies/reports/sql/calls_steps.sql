-- Model calls by step of time: how many, how many failed, how long they took (DDSketch quantiles, relative error 1 %).
SELECT
    toDateTime(intDiv(toUnixTimestamp(minute), {step:UInt32}) * {step:UInt32}, 'UTC') AS at,
    sum(llm_calls) AS requests,
    sumIf(llm_calls, status = 'error') AS failed,
    quantilesDDMerge(0.01, 0.5, 0.9, 0.95, 0.99)(duration_sketch) AS duration_ms
FROM calls_1m
WHERE minute >= {start:DateTime64(3)} AND minute < {end:DateTime64(3)} AND llm_calls > 0
GROUP BY at
ORDER BY at
