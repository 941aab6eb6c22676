-- Traces by step of time: how many, how many failed, what they used and cost, of how many people and sessions.
SELECT
    toDateTime(intDiv(toUnixTimestamp(started_at), {step:UInt32}) * {step:UInt32}, 'UTC') AS at,
    count() AS traces,
    countIf(status = 'error') AS failed,
    sum(tokens_in) + sum(tokens_out) AS tokens,
    sum(trace_summaries.cost_usd) AS cost_usd,
    uniqExactIf(user_id, user_id != '') AS users,
    uniqExactIf(session_id, session_id != '') AS sessions
FROM trace_summaries FINAL
WHERE started_at >= {start:DateTime64(9)} AND started_at < {end:DateTime64(9)}
  AND ({tenant:String} = '' OR tenant = {tenant:String})
  AND ({service:String} = '' OR has(services, {service:String}))
  AND ({model:String} = '' OR has(models, {model:String}))
  AND ({session:String} = '' OR session_id = {session:String})
  AND ({user:String} = '' OR user_id = {user:String})
GROUP BY at
ORDER BY at
