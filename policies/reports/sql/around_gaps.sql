-- The last trace before each silence and the first one after it.
SELECT
    gap.1 AS silent_from,
    gap.2 AS silent_until,
    argMaxIf(TraceId, Timestamp, Timestamp < gap.1) AS before,
    argMinIf(TraceId, Timestamp, Timestamp >= gap.2) AS after
FROM otel_traces
ARRAY JOIN arrayZip({starts:Array(DateTime)}, {ends:Array(DateTime)}) AS gap
WHERE Timestamp >= {start:DateTime64(3)} AND Timestamp < {end:DateTime64(3)}
GROUP BY silent_from, silent_until
ORDER BY silent_from
