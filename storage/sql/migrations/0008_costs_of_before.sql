-- costs_1h of the calls that were stored before it was: once, into an empty table.
INSERT INTO costs_1h (tenant, hour, service, team, api_key, provider, model, calls, failed, input_tokens, output_tokens,
    cache_read_tokens, cost_usd, unpriced_calls, unpriced_tokens)
SELECT
    tenant, toStartOfHour(toDateTime(timestamp)) AS hour, service, team, api_key, provider, model,
    count(), countIf(status = 'error'), sum(ifNull(c.input_tokens, 0)), sum(ifNull(c.output_tokens, 0)),
    sum(ifNull(c.cache_read_tokens, 0)), sum(ifNull(c.cost_usd, 0)),
    countIf(c.cost_usd IS NULL AND ifNull(c.input_tokens, 0) + ifNull(c.output_tokens, 0) > 0),
    sumIf(ifNull(c.input_tokens, 0) + ifNull(c.output_tokens, 0), c.cost_usd IS NULL)
FROM llm_calls AS c
WHERE is_llm_call AND (SELECT count() FROM costs_1h) = 0
GROUP BY tenant, hour, service, team, api_key, provider, model;
