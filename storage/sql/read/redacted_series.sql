-- What was redacted by step of time and kind.
SELECT
    toDateTime(intDiv(toUnixTimestamp(minute), {step:UInt32}) * {step:UInt32}, 'UTC') AS step_at,
    kind,
    sum(redactions_1m.redacted) AS masked
FROM redactions_1m
WHERE minute >= {start:DateTime} AND minute < {end:DateTime}
  AND ({tenant:String} = '' OR tenant = {tenant:String})
  AND ({service:String} = '' OR service = {service:String})
GROUP BY step_at, kind
ORDER BY step_at, kind
