-- What was spent by step of time and model; `place` is the model's place in `models` from 1, 0 any other.
SELECT
    toDateTime(intDiv(toUnixTimestamp(minute), {step:UInt32}) * {step:UInt32}, 'UTC') AS at,
    indexOf({models:Array(String)}, model) AS place,
    sum(calls_1m.cost_usd) AS cost
FROM calls_1m
WHERE minute >= {start:DateTime} AND minute < {end:DateTime}
  AND ({tenant:String} = '' OR tenant = {tenant:String})
  AND ({service:String} = '' OR service = {service:String})
  AND ({model:String} = '' OR model = {model:String})
GROUP BY at, place
ORDER BY at
