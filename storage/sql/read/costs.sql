-- Model calls and what they cost, by one dimension. Costs are what counts: as reported, else as computed; a call without a
-- price has none. `price` is the line that the newest priced call was priced by.
SELECT
    multiIf({by:String} = 'service', toString(service), {by:String} = 'team', toString(team), {by:String} = 'api_key', toString(api_key),
        {by:String} = 'user', user_id, {by:String} = 'provider', toString(provider), {by:String} = 'agent', toString(agent_name),
        {by:String} = 'tenant', toString(tenant), toString(model)) AS value,
    count() AS calls,
    countIf(status = 'error') AS failed,
    sum(ifNull(c.input_tokens, 0)) AS tokens_in,
    sum(ifNull(c.output_tokens, 0)) AS tokens_out,
    sum(ifNull(c.cache_read_tokens, 0)) AS tokens_cached,
    sum(ifNull(c.cost_usd, 0)) AS cost,
    countIf(c.cost_usd IS NULL AND ifNull(c.input_tokens, 0) + ifNull(c.output_tokens, 0) > 0) AS unpriced,
    quantileTDigest(0.95)(duration_ms) AS p95_ms,
    any(provider) AS some_provider,
    argMaxIf(price_id, timestamp, price_id != '') AS price,
    sumIf(c.cost_usd, cost_source = 'reported' AND cost_computed_usd IS NOT NULL) AS reported,
    sumIf(c.cost_computed_usd, cost_source = 'reported' AND cost_computed_usd IS NOT NULL) AS computed,
    countIf(cost_source = 'reported' AND cost_computed_usd IS NOT NULL) AS compared
FROM llm_calls AS c
WHERE timestamp >= {start:DateTime} AND timestamp < {end:DateTime} AND is_llm_call
  AND ({tenant:String} = '' OR tenant = {tenant:String})
  AND ({service:String} = '' OR service = {service:String})
  AND ({model:String} = '' OR model = {model:String})
GROUP BY value
ORDER BY cost DESC, calls DESC, value
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
