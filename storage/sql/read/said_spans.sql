-- Of each trace the spans that say what was asked and answered: the first that carries content, and the last call of a
-- model that does. Content that came as log records stands beside its span.
WITH chosen AS (
    SELECT trace_id, arrayJoin([argMin(llm_calls.span_id, (timestamp, parent_span_id != '')), argMax(llm_calls.span_id, (is_llm_call, timestamp))]) AS one
    FROM llm_calls
    WHERE trace_id IN {ids:Array(String)} AND ({tenant:String} = '' OR tenant = {tenant:String})
      AND operation NOT IN ('execute_tool', 'embeddings', 'retrieval', 'rerank')
      AND (has_content OR (trace_id, llm_calls.span_id) IN (
          SELECT TraceId, SpanId FROM otel_logs
          WHERE TraceId IN {ids:Array(String)} AND EventName = {details:String}))
    GROUP BY trace_id
)
SELECT
    spans.TraceId AS trace_id, spans.SpanId AS span_id, spans.SpanAttributes AS attributes,
    spans.`Events.Name` AS event_names, spans.`Events.Attributes` AS event_attributes, records.attributes AS record, records.body AS body
FROM otel_traces AS spans
LEFT JOIN (
    SELECT TraceId, SpanId, any(LogAttributes) AS attributes, any(Body) AS body
    FROM otel_logs
    WHERE TraceId IN {ids:Array(String)} AND EventName = {details:String}
    GROUP BY TraceId, SpanId
) AS records ON spans.TraceId = records.TraceId AND spans.SpanId = records.SpanId
WHERE spans.TraceId IN {ids:Array(String)} AND (spans.TraceId, spans.SpanId) IN (SELECT trace_id, one FROM chosen)
ORDER BY trace_id, spans.Timestamp
