-- Traces that began in [start, end), newest first, as the job of structures has summed them up.
SELECT
    tenant, trace_id, started_at, ended_at, duration_ms, root_name, root_service, root_kind, root_operation, roots,
    complete, spans, services, depth, width, critical_ms, critical_spans, critical_model_ms, critical_tool_ms,
    critical_retrieval_ms, model_calls, duplicates, tool_calls, retrievals, agents, models, tokens_in, tokens_out,
    tokens_cached, cost_usd, errors, status, error_type, session_id, user_id, environment
FROM trace_summaries FINAL
WHERE started_at >= {start:DateTime64(9)} AND started_at < {end:DateTime64(9)}
  AND ({tenant:String} = '' OR tenant = {tenant:String})
  AND ({service:String} = '' OR has(services, {service:String}))
  AND ({model:String} = '' OR has(models, {model:String}))
  AND ({session:String} = '' OR session_id = {session:String})
  AND ({user:String} = '' OR user_id = {user:String})
  AND ({agent:String} = '' OR has(agents, {agent:String}))
  AND ({errors:UInt8} = 0 OR status = 'error')
  AND ({cursor_id:String} = '' OR (started_at, trace_id) < ({cursor_at:DateTime64(9)}, {cursor_id:String}))
ORDER BY started_at DESC, trace_id DESC
LIMIT {limit:UInt32}
