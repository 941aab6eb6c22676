-- Spans by hour of their own time: rows that are stored, and what the roll-up counted when they came in.
SELECT hour, sum(stored) AS stored, sum(counted) AS counted
FROM
(
    SELECT toStartOfHour(toDateTime(Timestamp)) AS hour, count() AS stored, 0 AS counted
    FROM otel_traces
    WHERE Timestamp >= {start:DateTime64(3)} AND Timestamp < {end:DateTime64(3)}
    GROUP BY hour
    UNION ALL
    SELECT toStartOfHour(minute) AS hour, 0 AS stored, sum(spans) AS counted
    FROM spans_1m
    WHERE minute >= {start:DateTime64(3)} AND minute < {end:DateTime64(3)}
    GROUP BY hour
)
GROUP BY hour
ORDER BY hour
