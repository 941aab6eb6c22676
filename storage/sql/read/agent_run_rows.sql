-- Runs of one agent that began in [start, end), newest first. `steps` is everything a run called itself.
SELECT
    tenant, trace_id, span_id, agent, kind, service, parent_agent, parent_run, started_at, duration_ms, status, error_type,
    model_calls + tool_calls + retrievals + handoffs AS steps,
    model_calls, tool_calls, retrievals, handoffs, tokens_in, tokens_out, cost_usd, loop_tool, loop_calls, session_id, user_id
FROM agent_runs FINAL
WHERE ({agent:String} = '' OR agent = {agent:String})
  AND started_at >= {start:DateTime64(9)} AND started_at < {end:DateTime64(9)}
  AND ({tenant:String} = '' OR tenant = {tenant:String})
  AND ({service:String} = '' OR service = {service:String})
  AND ({errors:UInt8} = 0 OR status = 'error')
  AND ({loops:UInt8} = 0 OR loop_calls > 0)
  AND ({cursor_id:String} = '' OR (started_at, span_id) < ({cursor_at:DateTime64(9)}, {cursor_id:String}))
ORDER BY started_at DESC, span_id DESC
LIMIT {limit:UInt32}
