-- Traces that began in [start, end), newest first, of which some span fulfils every condition asked for.
-- Spans are read from a margin before start, so that a trace that began earlier is told from one that began here,
-- and to a margin after end, so that its later spans are seen.
SELECT TraceId, min(Timestamp) AS began
FROM otel_traces
WHERE Timestamp >= {margin:DateTime64(9)} AND Timestamp < {until:DateTime64(9)}
  AND ({tenant:String} = '' OR Tenant = {tenant:String})
  AND ({calls:UInt8} = 0 OR TraceId IN (
      SELECT trace_id
      FROM llm_calls
      WHERE {calls:UInt8} = 1 AND timestamp >= {margin:DateTime64(9)} AND timestamp < {until:DateTime64(9)}
        AND ({tenant:String} = '' OR tenant = {tenant:String})
        AND ({model:String} = '' OR model = {model:String})
      GROUP BY trace_id
      HAVING max(if(is_llm_call, duration_ms, 0)) >= {slow_ms:Float64} AND ifNull(sumIf(cost_usd, is_llm_call), 0) >= {costly_usd:Float64}
  ))
GROUP BY TraceId
HAVING began >= {start:DateTime64(9)} AND began < {end:DateTime64(9)}
  AND ({service:String} = '' OR countIf(ServiceName = {service:String}) > 0)
  AND ({errors:UInt8} = 0 OR countIf(StatusCode = 'Error') > 0)
  AND ({redacted:UInt8} = 0 OR countIf(notEmpty(Redactions)) > 0)
  AND ({q:String} = '' OR countIf(
      positionCaseInsensitiveUTF8(SpanName, {q:String}) > 0
      OR positionCaseInsensitiveUTF8(StatusMessage, {q:String}) > 0
      OR positionCaseInsensitiveUTF8(ServiceName, {q:String}) > 0
      OR TraceId = lower({q:String}) OR SpanId = lower({q:String})
      OR arrayExists(value -> positionCaseInsensitiveUTF8(value, {q:String}) > 0, mapValues(SpanAttributes))
      OR arrayExists(value -> positionCaseInsensitiveUTF8(value, {q:String}) > 0, mapValues(ResourceAttributes))
  ) > 0)
  AND ({cursor_id:String} = '' OR (began, TraceId) < ({cursor_at:DateTime64(9)}, {cursor_id:String}))
ORDER BY began DESC, TraceId DESC
LIMIT {limit:UInt32}
