-- How many calls each day holds: a day that holds as many as before is as it was.
SELECT toStartOfDay(minute, 'UTC') AS day, sum(calls_1m.calls) AS held
FROM calls_1m
WHERE minute >= {start:DateTime} AND minute < {end:DateTime}
GROUP BY day
