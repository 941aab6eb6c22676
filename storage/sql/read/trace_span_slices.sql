-- Spans by minute, newest first, so that a listing can choose how far back to look before it reads any span.
SELECT minute, sum(spans_1m.spans) AS amount
FROM spans_1m
WHERE minute >= {start:DateTime} AND minute < {end:DateTime}
  AND ({tenant:String} = '' OR tenant = {tenant:String})
GROUP BY minute
ORDER BY minute DESC
