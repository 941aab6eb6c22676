-- Verdicts of one policy by step of time.
SELECT
    toDateTime(intDiv(toUnixTimestamp(at), {step:UInt32}) * {step:UInt32}, 'UTC') AS step_at,
    verdict,
    count() AS decisions
FROM policy_decisions FINAL
WHERE policy_id = {policy:String} AND at >= {start:DateTime64(3)} AND at < {end:DateTime64(3)}
  AND ({tenant:String} = '' OR tenant = {tenant:String})
  AND ({service:String} = '' OR service = {service:String})
  AND ({model:String} = '' OR model = {model:String})
GROUP BY step_at, verdict
ORDER BY step_at, verdict
