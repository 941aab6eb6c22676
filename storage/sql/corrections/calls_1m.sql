-- What a change of calls means for their sums by minute: rows of the same keys that hold the differences. The changed
-- calls are a SELECT with new_is_llm_call and new_cost_usd. Counts are unsigned: a negative difference wraps round
-- and so does the sum. Sorted, so that a repeat cuts the same blocks and its token is recognised.
INSERT INTO calls_1m (tenant, minute, service, model, operation, region, target, status,
    llm_calls, input_tokens, output_tokens, cache_read_tokens, reasoning_tokens, cost_usd)
SELECT
    tenant, toStartOfMinute(timestamp) AS minute, service, model, operation, region,
    multiIf(tool_name != '', tool_name, operation IN ('invoke_agent', 'invoke_workflow', 'chain'), if(agent_name != '', agent_name, workflow_name), '') AS target,
    status,
    toUInt64(sum(more)) AS llm_calls,
    sum(more * ifNull(c.input_tokens, 0)) AS input_tokens,
    sum(more * ifNull(c.output_tokens, 0)) AS output_tokens,
    sum(more * ifNull(c.cache_read_tokens, 0)) AS cache_read_tokens,
    sum(more * ifNull(c.reasoning_tokens, 0)) AS reasoning_tokens,
    sum(ifNull(new_cost_usd, 0) - ifNull(c.cost_usd, 0)) AS cost_usd
FROM (SELECT *, toInt64(new_is_llm_call) - toInt64(is_llm_call) AS more FROM ($changed)) AS c
GROUP BY tenant, minute, service, model, operation, region, target, status
ORDER BY tenant, minute, service, model, operation, region, target, status
