-- The models with most calls.
SELECT model, sum(calls_1m.llm_calls) AS requests
FROM calls_1m
WHERE minute >= {start:DateTime} AND minute < {end:DateTime} AND llm_calls > 0
  AND ({tenant:String} = '' OR tenant = {tenant:String})
  AND ({service:String} = '' OR service = {service:String})
  AND ({model:String} = '' OR model = {model:String})
GROUP BY model
ORDER BY requests DESC, model
LIMIT {limit:UInt32}
