-- Users with a trace that began in [start, end), by what is asked for, the greatest first. `place` breaks ties.
SELECT
    tenant, user_id,
    min(started_at) AS first_seen_at,
    max(ended_at) AS last_seen_at,
    uniqExactIf(session_id, session_id != '') AS sessions,
    count() AS traces,
    sum(t.model_calls) AS model_calls,
    sum(t.tool_calls) AS tool_calls,
    sum(t.tokens_in) AS tokens_in,
    sum(t.tokens_out) AS tokens_out,
    sum(t.tokens_cached) AS tokens_cached,
    sum(t.cost_usd) AS cost_usd,
    sum(t.errors) AS errors,
    countIf(status = 'error') AS failed_traces,
    quantile(0.95)(duration_ms) AS p95_ms,
    arraySort(groupUniqArrayArray(t.models)) AS models,
    arraySort(groupUniqArrayArray(t.services)) AS services,
    toInt64(multiIf(
        {sort:String} = 'tokens', toFloat64(sum(t.tokens_in) + sum(t.tokens_out)),
        {sort:String} = 'traces', toFloat64(count()),
        {sort:String} = 'errors', toFloat64(sum(t.errors)),
        {sort:String} = 'last', toFloat64(toUnixTimestamp64Milli(last_seen_at)),
        round(sum(t.cost_usd) * 1e9))) AS place,
    toString(cityHash64(tenant, user_id)) AS place_id
FROM trace_summaries AS t FINAL
WHERE user_id != ''
  AND started_at >= {start:DateTime64(9)} AND started_at < {end:DateTime64(9)}
  AND ({tenant:String} = '' OR tenant = {tenant:String})
  AND ({service:String} = '' OR has(t.services, {service:String}))
  AND ({model:String} = '' OR has(t.models, {model:String}))
  AND ({user:String} = '' OR user_id = {user:String})
  AND ({q:String} = '' OR positionCaseInsensitiveUTF8(user_id, {q:String}) > 0)
GROUP BY tenant, user_id
HAVING ({errors:UInt8} = 0 OR failed_traces > 0)
  AND ({cursor_id:String} = '' OR (place, place_id) < ({cursor_at:Int64}, {cursor_id:String}))
ORDER BY place DESC, place_id DESC
LIMIT {limit:UInt32}
