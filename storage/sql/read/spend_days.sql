-- What was spent a day, by what budgets speak of, from the sums by the hour.
SELECT toDate(hour) AS day, tenant, service, team, api_key, model, provider, sum(costs_1h.cost_usd) AS usd
FROM costs_1h
WHERE hour >= toDateTime({from:Date}, 'UTC') AND hour < toDateTime({to:Date}, 'UTC')
GROUP BY day, tenant, service, team, api_key, model, provider
HAVING usd > 0
