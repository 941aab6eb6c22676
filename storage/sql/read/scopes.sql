-- What can be chosen in the top bar: tenants, services and models with calls in the window.
SELECT groupUniqArray(200)(tenant), groupUniqArray(500)(service), groupUniqArrayIf(500)(model, model != '')
FROM (
    SELECT DISTINCT tenant, service, model
    FROM calls_1m
    WHERE minute >= {start:DateTime} AND minute < {end:DateTime}
)
