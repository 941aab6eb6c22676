-- Whole spans of one trace, all of them or one.
SELECT
    TraceId, SpanId, ParentSpanId, TraceState, SpanName, SpanKind, ServiceName, ScopeName, ScopeVersion,
    toUnixTimestamp64Nano(Timestamp) AS start_ns, Duration, StatusCode, StatusMessage, SpanAttributes,
    ResourceAttributes, arrayMap(at -> toUnixTimestamp64Nano(at), `Events.Timestamp`) AS event_times,
    `Events.Name` AS event_names, `Events.Attributes` AS event_attributes, `Links.TraceId` AS link_traces,
    `Links.SpanId` AS link_spans, `Links.TraceState` AS link_states, `Links.Attributes` AS link_attributes,
    Redactions, RedactionPolicy, PolicyDigest, TimeClamped, DroppedAttributesCount, DroppedEventsCount,
    DroppedLinksCount, IngestedAt
FROM otel_traces
WHERE TraceId = {trace:String} AND ({tenant:String} = '' OR Tenant = {tenant:String})
  AND ({span:String} = '' OR SpanId = {span:String})
ORDER BY Timestamp, SpanId
LIMIT {limit:UInt32}
