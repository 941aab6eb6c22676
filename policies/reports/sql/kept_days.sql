-- The last six months by day: rows that are stored, and what was counted when they came in.
SELECT day, sum(stored) AS stored, sum(counted) AS counted
FROM
(
    SELECT toDate(Timestamp) AS day, count() AS stored, 0 AS counted
    FROM otel_traces
    WHERE Timestamp >= {as_of:DateTime64(3)} - INTERVAL 183 DAY AND Timestamp < {as_of:DateTime64(3)}
    GROUP BY day
    UNION ALL
    SELECT toDate(minute) AS day, 0 AS stored, sum(spans) AS counted
    FROM spans_1m
    WHERE minute >= {as_of:DateTime64(3)} - INTERVAL 183 DAY AND minute < {as_of:DateTime64(3)}
    GROUP BY day
)
GROUP BY day
ORDER BY day
