-- The traces that some batches have spans of, and where in time those spans lie.
SELECT
    cityHash64(Tenant, TraceId) AS trace,
    toString(any(Tenant)) AS tenant,
    any(TraceId) AS trace_id,
    min(toUnixTimestamp64Nano(Timestamp)) AS started,
    max(toUnixTimestamp64Nano(Timestamp) + toInt64(Duration)) AS ended,
    count() AS spans,
    countIf(ParentSpanId = '') AS roots
FROM otel_traces
WHERE BatchId IN {batches:Array(String)} AND IngestedAt >= {since:DateTime64(3)}
GROUP BY trace
ORDER BY trace
