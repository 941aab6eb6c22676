-- Models whose calls carry tokens and no cost, the heaviest first; `all_tokens` is of every model call of the time.
SELECT
    provider, model, service_tiers, calls, tokens, first_seen, last_seen, all_tokens
FROM
(
    SELECT provider, model, groupUniqArrayIf(3)(service_tier, service_tier != '') AS service_tiers,
        countIf(missing) AS calls, sumIf(weight, missing) AS tokens,
        minIf(timestamp, missing) AS first_seen, maxIf(timestamp, missing) AS last_seen,
        sum(sum(weight)) OVER () AS all_tokens
    FROM
    (
        SELECT provider, model, service_tier, timestamp,
            ifNull(input_tokens, 0) + ifNull(output_tokens, 0) AS weight,
            cost_usd IS NULL AND weight > 0 AS missing
        FROM llm_calls
        WHERE timestamp >= {start:DateTime} AND timestamp < {end:DateTime} AND is_llm_call
          AND ({tenant:String} = '' OR tenant = {tenant:String})
          AND ({service:String} = '' OR service = {service:String})
          AND ({model:String} = '' OR model = {model:String})
    )
    GROUP BY provider, model
)
WHERE calls > 0
ORDER BY tokens DESC, model
LIMIT {limit:UInt32}
