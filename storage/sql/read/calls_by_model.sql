-- The same figures for each of some models.
SELECT
    model,
    toDateTime(intDiv(toUnixTimestamp(minute), {step:UInt32}) * {step:UInt32}, 'UTC') AS at,
    sum(calls_1m.llm_calls) AS requests,
    sumIf(calls_1m.llm_calls, status = 'error') AS failed,
    sum(calls_1m.input_tokens) AS tokens_in,
    sum(calls_1m.output_tokens) AS tokens_out,
    sum(calls_1m.cost_usd) AS cost,
    quantilesDDMerge(0.01, 0.5, 0.9, 0.95, 0.99)(duration_sketch) AS duration_ms,
    quantilesDDMerge(0.01, 0.5, 0.9, 0.95, 0.99)(ttft_sketch) AS ttft_ms,
    sum(calls_1m.ttft_calls) AS ttft_known
FROM calls_1m
WHERE minute >= {start:DateTime} AND minute < {end:DateTime} AND llm_calls > 0
  AND model IN {models:Array(String)}
  AND ({tenant:String} = '' OR tenant = {tenant:String})
  AND ({service:String} = '' OR service = {service:String})
GROUP BY model, at
ORDER BY model, at
