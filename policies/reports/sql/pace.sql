-- Spans by hour over the period and the 28 days before it: what each hour is expected to have.
SELECT toStartOfHour(minute) AS hour, sum(spans) AS counted
FROM spans_1m
WHERE minute >= {start:DateTime64(3)} - INTERVAL 28 DAY AND minute < {end:DateTime64(3)}
GROUP BY hour
ORDER BY hour
