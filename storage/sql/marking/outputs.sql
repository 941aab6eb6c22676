-- The outputs of one batch that a marking policy speaks of: answers of models in words. Failed calls, tool calls,
-- embeddings and answers that only call a tool are none. {models} and {services} are RE2.
SELECT tenant, trace_id, span_id, timestamp, service, service_version, model, output_tokens, declared_mark
FROM llm_calls
WHERE batch_id = {batch:String}
  AND operation IN ('chat', 'text_completion', 'generate_content')
  AND is_llm_call AND status = 'ok' AND finish_reason != 'tool_calls'
  AND match(service, {services:String})
  AND (match(model, {models:String}) OR match(request_model, {models:String}))
