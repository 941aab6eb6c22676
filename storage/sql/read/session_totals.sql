-- All sessions with a trace that began in [start, end), at once.
SELECT
    count() AS sessions,
    sum(turns) AS traces,
    uniqExactArray(people) AS users,
    sum(used) AS tokens,
    sum(cost) AS cost_usd,
    countIf(failed > 0) AS failed_sessions,
    quantileExact(0.5)(turns) AS p50_turns,
    quantileExact(0.95)(turns) AS p95_turns
FROM
(
    SELECT
        count() AS turns,
        groupUniqArrayIf(user_id, user_id != '') AS people,
        sum(tokens_in) + sum(tokens_out) AS used,
        sum(cost_usd) AS cost,
        countIf(status = 'error') AS failed
    FROM trace_summaries FINAL
    WHERE session_id != ''
      AND started_at >= {start:DateTime64(9)} AND started_at < {end:DateTime64(9)}
      AND ({tenant:String} = '' OR tenant = {tenant:String})
      AND ({service:String} = '' OR has(services, {service:String}))
      AND ({model:String} = '' OR has(models, {model:String}))
    GROUP BY tenant, session_id
)
