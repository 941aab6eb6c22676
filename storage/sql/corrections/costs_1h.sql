-- The same for the sums by the hour and by who pays: what a changed call counts for anew, less what it counted for.
INSERT INTO costs_1h (tenant, hour, service, team, api_key, provider, model, calls, failed, input_tokens, output_tokens,
    cache_read_tokens, cost_usd, unpriced_calls, unpriced_tokens, compared_calls, reported_usd, computed_usd)
SELECT
    tenant, toStartOfHour(toDateTime(timestamp)) AS hour, service, team, api_key, provider, model,
    sum(more) AS calls,
    sumIf(more, status = 'error') AS failed,
    sum(more * ifNull(c.input_tokens, 0)) AS input_tokens,
    sum(more * ifNull(c.output_tokens, 0)) AS output_tokens,
    sum(more * ifNull(c.cache_read_tokens, 0)) AS cache_read_tokens,
    sum(ifNull(new_cost_usd, 0) - ifNull(c.cost_usd, 0)) AS cost_usd,
    sum(unpriced) AS unpriced_calls,
    sum(unpriced * weight) AS unpriced_tokens,
    sumIf(more, compared) AS compared_calls,
    sumIf(more * assumeNotNull(ifNull(c.cost_usd, 0)), compared) AS reported_usd,
    sumIf(more * assumeNotNull(ifNull(c.cost_computed_usd, 0)), compared) AS computed_usd
FROM
(
    SELECT *, toInt64(new_is_llm_call) - toInt64(is_llm_call) AS more,
        ifNull(input_tokens, 0) + ifNull(output_tokens, 0) AS weight,
        toInt64(new_is_llm_call AND new_cost_usd IS NULL AND weight > 0)
            - toInt64(is_llm_call AND cost_usd IS NULL AND weight > 0) AS unpriced,
        cost_source = 'reported' AND cost_computed_usd IS NOT NULL AS compared
    FROM ($changed)
) AS c
GROUP BY tenant, hour, service, team, api_key, provider, model
ORDER BY tenant, hour, service, team, api_key, provider, model
