-- The skeleton of one trace: what its tree and waterfall need, without any text.
SELECT
    SpanId, ParentSpanId, SpanName, SpanKind, ServiceName, toUnixTimestamp64Nano(Timestamp), Duration,
    StatusCode, arraySum(mapValues(Redactions))
FROM otel_traces
WHERE TraceId = {trace:String} AND ({tenant:String} = '' OR Tenant = {tenant:String})
ORDER BY Timestamp, SpanId
LIMIT {limit:UInt32}
