SELECT service, scope, dialect, key, sum(spans) AS n, max(last_at) AS last
FROM attribute_uses
WHERE day >= toDate({start:DateTime64(9)}) AND day <= toDate({end:DateTime64(9)})
    AND ({tenant:String} = '' OR tenant = {tenant:String})
    AND ({service:String} = '' OR service = {service:String})
GROUP BY service, scope, dialect, key
ORDER BY n DESC
LIMIT 20000
