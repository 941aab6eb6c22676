-- Who calls whom among agents, tools, models and sources: an edge a caller and callee, the most used first.
SELECT source, target, kind, sum(amount) AS calls, sum(failed) AS errors, sum(ms) / sum(amount) AS mean_ms,
    uniqExact(trace_id) AS traces, sum(cost) AS cost_usd
FROM
(
    SELECT trace_id, agent AS source, name AS target, called_kind AS kind, amount, failed, ms, cost
    FROM agent_runs FINAL
    ARRAY JOIN `called.kind` AS called_kind, `called.name` AS name, `called.calls` AS amount, `called.errors` AS failed,
        `called.ms` AS ms, `called.cost_usd` AS cost
    WHERE started_at >= {start:DateTime64(9)} AND started_at < {end:DateTime64(9)}
      AND ({tenant:String} = '' OR tenant = {tenant:String})
      AND ({service:String} = '' OR service = {service:String})
    UNION ALL
    SELECT trace_id, parent_agent AS source, agent AS target, 'handoff' AS kind, 1 AS amount, status = 'error' AS failed,
        duration_ms AS ms, 0 AS cost
    FROM agent_runs FINAL
    WHERE started_at >= {start:DateTime64(9)} AND started_at < {end:DateTime64(9)}
      AND ({tenant:String} = '' OR tenant = {tenant:String})
      AND ({service:String} = '' OR service = {service:String})
      AND parent_agent != ''
)
WHERE ({agent:String} = '' OR source = {agent:String} OR (kind = 'handoff' AND target = {agent:String}))
GROUP BY source, target, kind
ORDER BY calls DESC, source, target, kind
