-- What was redacted, by kind.
SELECT kind, sum(redactions_1m.redacted) AS masked
FROM redactions_1m
WHERE minute >= {start:DateTime} AND minute < {end:DateTime}
  AND ({tenant:String} = '' OR tenant = {tenant:String})
  AND ({service:String} = '' OR service = {service:String})
GROUP BY kind
ORDER BY masked DESC
