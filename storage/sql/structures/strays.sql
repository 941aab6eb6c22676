-- Answers' ids of calls that LiteLLM wrote as traces of their own: it writes streams from a thread that knows no trace.
SELECT DISTINCT response_id
FROM llm_calls
PREWHERE dialect = 'litellm'
WHERE parent_span_id = '' AND response_id != ''
  AND timestamp >= fromUnixTimestamp64Nano({started:Int64}) AND timestamp <= fromUnixTimestamp64Nano({ended:Int64})
LIMIT {most:UInt64}
