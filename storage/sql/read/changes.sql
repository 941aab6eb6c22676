-- Traffic, cost and tokens by model in two windows, to say what changed between them.
SELECT
    model,
    sumIf(calls_1m.llm_calls, minute >= {start:DateTime}) AS requests,
    sumIf(calls_1m.llm_calls, minute < {was_end:DateTime}) AS was_requests,
    sumIf(calls_1m.cost_usd, minute >= {start:DateTime}) AS cost,
    sumIf(calls_1m.cost_usd, minute < {was_end:DateTime}) AS was_cost,
    sumIf(calls_1m.input_tokens + calls_1m.output_tokens, minute >= {start:DateTime}) AS tokens,
    sumIf(calls_1m.input_tokens + calls_1m.output_tokens, minute < {was_end:DateTime}) AS was_tokens
FROM calls_1m
WHERE (llm_calls > 0 OR calls_1m.cost_usd != 0)
  AND ((minute >= {start:DateTime} AND minute < {end:DateTime})
    OR (minute >= {was_start:DateTime} AND minute < {was_end:DateTime}))
  AND ({tenant:String} = '' OR tenant = {tenant:String})
  AND ({service:String} = '' OR service = {service:String})
  AND ({model:String} = '' OR model = {model:String})
GROUP BY model
ORDER BY requests + was_requests DESC
LIMIT 200
