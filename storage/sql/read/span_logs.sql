-- The log records that belong to a trace's spans, all of them or one span's, in the order in which they were made.
SELECT
    SpanId AS span_id, toUnixTimestamp64Nano(Timestamp) AS at_ns, EventName AS event_name, SeverityText AS severity,
    SeverityNumber AS severity_number, Body AS body, LogAttributes AS attributes, ServiceName AS service,
    ScopeName AS scope, Redactions AS redactions
FROM otel_logs
WHERE TraceId = {trace:String} AND ({tenant:String} = '' OR Tenant = {tenant:String})
  AND ({span:String} = '' OR SpanId = {span:String})
ORDER BY Timestamp, ObservedTimestamp
LIMIT {limit:UInt32}
