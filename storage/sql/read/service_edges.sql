-- Who calls whom among services, models and sources of retrieval, the most used first. Milliseconds are means.
SELECT caller, callee, kind, sum(amount) AS calls, sum(failed) AS errors, uniqExact(trace_id) AS traces,
    if(sum(asked) = 0, NULL, sum(asked_ms) / sum(asked)) AS client_mean_ms,
    if(sum(served) = 0, NULL, sum(served_ms) / sum(served)) AS server_mean_ms,
    max(longest) AS max_ms
FROM
(
    SELECT trace_id, caller, callee, kind, amount, failed, asked, asked_ms, served, served_ms, longest
    FROM trace_summaries FINAL
    ARRAY JOIN `edges.caller` AS caller, `edges.callee` AS callee, `edges.kind` AS kind, `edges.calls` AS amount,
        `edges.errors` AS failed, `edges.client_calls` AS asked, `edges.client_ms` AS asked_ms,
        `edges.server_calls` AS served, `edges.server_ms` AS served_ms, `edges.max_ms` AS longest
    WHERE started_at >= {start:DateTime64(9)} AND started_at < {end:DateTime64(9)}
      AND ({tenant:String} = '' OR tenant = {tenant:String})
)
WHERE ({service:String} = '' OR caller = {service:String} OR callee = {service:String})
GROUP BY caller, callee, kind
ORDER BY calls DESC, caller, callee, kind
LIMIT 500
