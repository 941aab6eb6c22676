-- What can narrow a list of traces: calls by service, by model, by region and by kind of error.
SELECT multiIf(grouping(service) = 0, 'service', grouping(model) = 0, 'model', 'region') AS facet,
    multiIf(grouping(service) = 0, service, grouping(model) = 0, model, region) AS value,
    sum(calls_1m.calls) AS held
FROM calls_1m
WHERE minute >= {start:DateTime} AND minute < {end:DateTime}
  AND ({tenant:String} = '' OR tenant = {tenant:String})
  AND ({service:String} = '' OR service = {service:String})
  AND ({model:String} = '' OR model = {model:String})
GROUP BY GROUPING SETS ((service), (model), (region))
HAVING value != ''
ORDER BY facet, held DESC, value
LIMIT 6 BY facet
UNION ALL
SELECT 'error' AS facet, error_type AS value, sum(errors_1m.calls) AS held
FROM errors_1m
WHERE minute >= {start:DateTime} AND minute < {end:DateTime} AND error_type != ''
  AND ({tenant:String} = '' OR tenant = {tenant:String})
  AND ({service:String} = '' OR service = {service:String})
  AND ({model:String} = '' OR model = {model:String})
GROUP BY value
ORDER BY held DESC, value
LIMIT 6
