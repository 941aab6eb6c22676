-- Model calls by the hour and by who pays. A call is unpriced that carries tokens and has no cost; compared, that has a cost
-- both as reported and as computed.
CREATE MATERIALIZED VIEW costs_1h_view TO costs_1h COMMENT $comment AS
SELECT
    tenant, toStartOfHour(toDateTime(timestamp)) AS hour, service, team, api_key, provider, model,
    toInt64(count()) AS calls,
    toInt64(countIf(status = 'error')) AS failed,
    sum(ifNull(c.input_tokens, 0)) AS input_tokens,
    sum(ifNull(c.output_tokens, 0)) AS output_tokens,
    sum(ifNull(c.cache_read_tokens, 0)) AS cache_read_tokens,
    sum(ifNull(c.cost_usd, 0)) AS cost_usd,
    toInt64(countIf(unpriced)) AS unpriced_calls,
    sumIf(weight, unpriced) AS unpriced_tokens,
    toInt64(countIf(compared)) AS compared_calls,
    sumIf(assumeNotNull(ifNull(c.cost_usd, 0)), compared) AS reported_usd,
    sumIf(assumeNotNull(ifNull(c.cost_computed_usd, 0)), compared) AS computed_usd
FROM
(
    SELECT *, ifNull(input_tokens, 0) + ifNull(output_tokens, 0) AS weight,
        cost_usd IS NULL AND weight > 0 AS unpriced,
        cost_source = 'reported' AND cost_computed_usd IS NOT NULL AS compared
    FROM llm_calls WHERE is_llm_call
) AS c
GROUP BY tenant, hour, service, team, api_key, provider, model
