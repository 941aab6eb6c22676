-- Agents and workflows by what their runs did themselves, the busiest first.
SELECT
    r.agent AS agent,
    topK(1)(r.kind)[1] AS kind,
    arraySort(groupUniqArray(r.service)) AS services,
    count() AS runs,
    countIf(status = 'error') AS failed,
    uniqExact(trace_id) AS traces,
    quantile(0.5)(duration_ms) AS p50_ms,
    quantile(0.95)(duration_ms) AS p95_ms,
    sum(r.model_calls) AS model_calls,
    sum(r.tool_calls) AS tool_calls,
    sum(r.retrievals) AS retrievals,
    countIf(parent_agent NOT IN ('', agent)) AS handoffs_in,
    sum(handoffs) AS handoffs_out,
    sum(r.tokens_in) AS tokens_in,
    sum(r.tokens_out) AS tokens_out,
    sum(r.cost_usd) AS cost_usd,
    countIf(loop_calls > 0) AS loops,
    max(started_at) AS last_at
FROM agent_runs AS r FINAL
WHERE started_at >= {start:DateTime64(9)} AND started_at < {end:DateTime64(9)}
  AND ({tenant:String} = '' OR tenant = {tenant:String})
  AND ({service:String} = '' OR r.service = {service:String})
GROUP BY agent
ORDER BY runs DESC, agent
LIMIT 200
