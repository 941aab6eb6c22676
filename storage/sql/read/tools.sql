-- Tools by how often they were called, from the one-minute sums. Quantiles are of DDSketches, relative error 1 %.
SELECT
    target AS tool,
    sum(calls_1m.calls) AS calls,
    sumIf(calls_1m.calls, status = 'error') AS errors,
    quantilesDDMerge(0.01, 0.5, 0.9, 0.95, 0.99)(duration_sketch) AS quantiles,
    quantiles[1] AS p50_ms,
    quantiles[3] AS p95_ms,
    arraySort(groupUniqArray(calls_1m.service)) AS services,
    max(minute) AS last_at
FROM calls_1m
WHERE operation = 'execute_tool'
  AND minute >= {start:DateTime} AND minute < {end:DateTime}
  AND ({tenant:String} = '' OR tenant = {tenant:String})
  AND ({service:String} = '' OR calls_1m.service = {service:String})
GROUP BY tool
HAVING calls > 0
ORDER BY calls DESC, tool
LIMIT 200
