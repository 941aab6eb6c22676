-- The calls of some traces: what structures are made of. An unknown amount is NaN. `is_llm_call` is as it was loaded.
SELECT
    cityHash64(tenant, trace_id, span_id) AS id,
    cityHash64(trace_id, span_id, batch_id) AS key,
    operation,
    is_llm_call OR duplicate_of != '' AS model_call,
    if(duplicate_of = '', 0, reinterpretAsUInt64(reverse(unhex(duplicate_of)))) AS marked,
    provider,
    model,
    request_model,
    response_model,
    response_id,
    if(response_id = '', 0, cityHash64(response_id)) AS response_hash,
    server_address,
    vantage = 'server' AS server,
    pd_role = 'prefill' AS prefill,
    dialect = 'litellm' AND parent_span_id = '' AS stray,
    agent_name,
    workflow_name,
    tool_name,
    data_source,
    session_id,
    user_id,
    environment,
    status = 'error' AS call_failed,
    error_type,
    ifNull(toFloat64(input_tokens), nan) AS tokens_in,
    ifNull(toFloat64(output_tokens), nan) AS tokens_out,
    toFloat64(ifNull(cache_read_tokens, 0)) AS tokens_cached,
    toFloat64(ifNull(cache_write_tokens, 0)) AS tokens_written,
    ifNull(cost_usd, 0) AS cost_usd
FROM llm_calls
WHERE cityHash64(tenant, trace_id) IN {traces:Array(UInt64)}
  AND ({few:UInt8} = 0 OR trace_id IN {ids:Array(String)})
  AND timestamp >= fromUnixTimestamp64Nano({started:Int64}) AND timestamp <= fromUnixTimestamp64Nano({ended:Int64})
ORDER BY id, ingested_at, key
