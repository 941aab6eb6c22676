-- Outputs of models that a marking policy speaks of, long enough to be judged.
SELECT count() AS outputs
FROM llm_calls
WHERE timestamp >= {start:DateTime64(3)} AND timestamp < {end:DateTime64(3)}
  AND operation IN ('chat', 'text_completion', 'generate_content') AND is_llm_call AND status = 'ok'
  AND finish_reason != 'tool_calls'
  AND arrayExists((m, s, n) -> (match(model, m) OR match(request_model, m)) AND match(service, s) AND output_tokens >= n,
      {models:Array(String)}, {services:Array(String)}, {least:Array(Int64)})
