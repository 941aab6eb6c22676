-- The figures of calls: by step of time, by some models, by both, and of all at once. Sketches are merged once; the
-- cube puts their merged states together. `every` = 0 counts model calls only: the spans of an agent and of its tools
-- repeat the tokens, the cost and the time of the model calls inside them. `place` is the model's place in `models`
-- from 1, 0 any other; `whole` and `always` are 1 in the rows that leave model and time aside.
SELECT
    grouping(place) AS whole,
    grouping(at) AS always,
    indexOf({models:Array(String)}, model) AS place,
    toDateTime(intDiv(toUnixTimestamp(minute), {step:UInt32}) * {step:UInt32}, 'UTC') AS at,
    sum(if({every:UInt8} = 1, calls, llm_calls)) AS requests,
    sumIf(if({every:UInt8} = 1, calls, llm_calls), status = 'error') AS failed,
    sum(calls_1m.input_tokens) AS tokens_in,
    sum(calls_1m.output_tokens) AS tokens_out,
    sum(calls_1m.cost_usd) AS cost,
    quantilesDDMerge(0.01, 0.5, 0.9, 0.95, 0.99)(duration_sketch) AS duration_ms,
    quantilesDDMerge(0.01, 0.5, 0.9, 0.95, 0.99)(ttft_sketch) AS ttft_ms,
    sum(calls_1m.ttft_calls) AS ttft_known
FROM calls_1m
WHERE minute >= {start:DateTime} AND minute < {end:DateTime}
  AND ({every:UInt8} = 1 OR llm_calls > 0 OR calls_1m.cost_usd != 0)
  AND ({tenant:String} = '' OR tenant = {tenant:String})
  AND ({service:String} = '' OR service = {service:String})
  AND ({model:String} = '' OR model = {model:String})
  AND ({operation:String} = '' OR operation = {operation:String})
  AND ({region:String} = '' OR region = {region:String})
GROUP BY CUBE(place, at)
ORDER BY at
