-- The first and the last record of the period, and how many carry a time that had to be mended.
SELECT
    count() AS spans,
    min(Timestamp) AS first_at,
    max(Timestamp) AS last_at,
    argMin(TraceId, Timestamp) AS first_trace,
    argMax(TraceId, Timestamp) AS last_trace,
    countIf(TimeClamped > 0) AS mended
FROM otel_traces
WHERE Timestamp >= {start:DateTime64(3)} AND Timestamp < {end:DateTime64(3)}
