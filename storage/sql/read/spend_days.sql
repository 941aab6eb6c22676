-- What was spent a day, by what budgets speak of.
SELECT toDate(timestamp) AS day, tenant, service, team, api_key, model, provider, sum(cost_usd) AS usd
FROM llm_calls
WHERE timestamp >= toDateTime({from:Date}, 'UTC') AND timestamp < toDateTime({to:Date}, 'UTC') AND cost_usd > 0
GROUP BY day, tenant, service, team, api_key, model, provider
