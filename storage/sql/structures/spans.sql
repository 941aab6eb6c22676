-- The spans of some traces without their text. Parents by the same hash.
-- Of few traces the ids are given too, which the index of ids knows; of many, all spans of the time are looked at.
SELECT
    cityHash64(Tenant, TraceId) AS trace,
    cityHash64(Tenant, TraceId, SpanId) AS id,
    cityHash64(Tenant, TraceId, ParentSpanId) AS parent,
    ParentSpanId NOT IN ('', '0000000000000000') AS named,
    reinterpretAsUInt64(reverse(unhex(SpanId))) AS span,
    toUnixTimestamp64Nano(Timestamp) AS start,
    toInt64(Duration) AS duration,
    StatusCode = 'Error' AS failed,
    toUInt32(arraySum(mapValues(Redactions))) AS redactions,
    cityHash64(ScopeName) AS scope,
    SpanKind AS kind,
    ServiceName AS service,
    SpanName AS name
FROM otel_traces
WHERE cityHash64(Tenant, TraceId) IN {traces:Array(UInt64)}
  AND ({few:UInt8} = 0 OR TraceId IN {ids:Array(String)})
  AND Timestamp >= fromUnixTimestamp64Nano({started:Int64}) AND Timestamp <= fromUnixTimestamp64Nano({ended:Int64})
