-- Sessions with a trace that began in [start, end), by what is asked for, the greatest first. `place` breaks ties.
SELECT
    tenant, session_id,
    argMaxIf(t.user_id, t.started_at, t.user_id != '') AS user_id,
    uniqExactIf(t.user_id, t.user_id != '') AS users,
    arraySort(groupUniqArrayArray(t.services)) AS services,
    anyIf(t.environment, t.environment != '') AS environment,
    min(t.started_at) AS started_at,
    max(t.ended_at) AS last_seen_at,
    (toUnixTimestamp64Nano(last_seen_at) - toUnixTimestamp64Nano(min(t.started_at))) / 1e6 AS duration_ms,
    count() AS traces,
    countIf(t.model_calls > 0) AS turns,
    sum(t.model_calls) AS model_calls,
    sum(t.tool_calls) AS tool_calls,
    sum(t.retrievals) AS retrievals,
    sum(t.agent_runs) AS agent_runs,
    sum(t.tokens_in) AS tokens_in,
    sum(t.tokens_out) AS tokens_out,
    sum(t.tokens_cached) AS tokens_cached,
    sum(t.cost_usd) AS cost_usd,
    sum(t.errors) AS errors,
    countIf(status = 'error') AS failed_traces,
    argMaxIf(error_type, t.started_at, error_type != '') AS last_error_type,
    toInt64(multiIf(
        {sort:String} = 'cost', round(sum(t.cost_usd) * 1e9),
        {sort:String} = 'tokens', toFloat64(sum(t.tokens_in) + sum(t.tokens_out)),
        {sort:String} = 'traces', toFloat64(count()),
        {sort:String} = 'errors', toFloat64(sum(t.errors)),
        {sort:String} = 'duration', duration_ms * 1e3,
        toFloat64(toUnixTimestamp64Milli(last_seen_at)))) AS place,
    toString(cityHash64(tenant, session_id)) AS place_id
FROM trace_summaries AS t FINAL
WHERE session_id != ''
  AND t.started_at >= {start:DateTime64(9)} AND t.started_at < {end:DateTime64(9)}
  AND ({tenant:String} = '' OR tenant = {tenant:String})
  AND ({service:String} = '' OR has(t.services, {service:String}))
  AND ({model:String} = '' OR has(t.models, {model:String}))
  AND ({session:String} = '' OR session_id = {session:String})
GROUP BY tenant, session_id
HAVING ({q:String} = '' OR positionCaseInsensitiveUTF8(session_id, {q:String}) > 0 OR positionCaseInsensitiveUTF8(user_id, {q:String}) > 0)
  AND ({user:String} = '' OR has(groupUniqArray(t.user_id), {user:String}))
  AND ({errors:UInt8} = 0 OR failed_traces > 0)
  AND ({cursor_id:String} = '' OR (place, place_id) < ({cursor_at:Int64}, {cursor_id:String}))
ORDER BY place DESC, place_id DESC
LIMIT {limit:UInt32}
