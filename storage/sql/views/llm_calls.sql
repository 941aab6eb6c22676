-- Every span that is a model, tool, retrieval or agent call, typed. $names come from the dialect tables.
CREATE MATERIALIZED VIEW llm_calls_view TO llm_calls COMMENT $comment AS
SELECT
    Timestamp AS timestamp,
    TraceId AS trace_id,
    SpanId AS span_id,
    ParentSpanId AS parent_span_id,
    SpanName AS span_name,
    Tenant AS tenant,
    BatchId AS batch_id,
    IngestedAt AS ingested_at,
    ServiceName AS service,
    f_service_version AS service_version,
    f_environment AS environment,
    f_region AS region,
    $dialect AS dialect,
    operation,
    provider,
    f_request_model AS request_model,
    f_response_model AS response_model,
    if(f_response_model != '', f_response_model, f_request_model) AS model,
    f_response_id AS response_id,
    f_session_id AS session_id,
    f_user_id AS user_id,
    f_agent_name AS agent_name,
    f_workflow_name AS workflow_name,
    if(f_tool_name = '' AND operation = 'execute_tool', SpanName, f_tool_name) AS tool_name,
    f_prompt_name AS prompt_name,
    f_prompt_version AS prompt_version,
    f_server_address AS server_address,
    f_input_tokens AS input_tokens,
    f_output_tokens AS output_tokens,
    coalesce(f_total_tokens, f_input_tokens + f_output_tokens) AS total_tokens,
    f_cache_read_tokens AS cache_read_tokens,
    f_cache_write_tokens AS cache_write_tokens,
    f_reasoning_tokens AS reasoning_tokens,
    multiIf(is_llm_call = 0, NULL, f_cost_usd IS NOT NULL, f_cost_usd, computed_usd) AS cost_usd,
    multiIf(cost_usd IS NULL, '', f_cost_usd IS NOT NULL, 'reported', by_gpu, 'gpu', 'computed') AS cost_source,
    if(is_llm_call, computed_by, '') AS price_id,
    if(is_llm_call, computed_usd, NULL) AS cost_computed_usd,
    Duration / 1e6 AS duration_ms,
    coalesce(f_ttft_ms, if(first_token = 0, NULL, dateDiff('microsecond', Timestamp, `Events.Timestamp`[first_token]) / 1000)) AS ttft_ms,
    multiIf(ttft_ms IS NULL, '', f_ttft_ms IS NULL, 'event', SpanKind = 'Server', 'server', 'client') AS ttft_source,
    ifNull(f_is_stream, false) AS is_stream,
    $finish_reason AS finish_reason,
    multiIf(StatusCode != 'Error' AND f_error_type = '', '', f_error_type != '', f_error_type,
        exception != '', exception, extract(StatusMessage, '^([A-Za-z_.]+(?:Error|Exception))\\b') AS named != '', named, '_OTHER') AS error_type,
    if(StatusCode = 'Error' OR f_error_type != '', 'error', 'ok') AS status,
    is_llm_call,
    f_content != '' OR has(`Events.Name`, 'gen_ai.client.inference.operation.details') AS has_content,
    f_declared_mark AS declared_mark,
    toUInt32(arraySum(mapValues(Redactions))) AS redactions
FROM
(
    SELECT *,
        operation IN $model_calls AND SpanName != 'raw_gen_ai_request' AS is_llm_call,
        arrayFirstIndex(n -> n IN $first_token_events, `Events.Name`) AS first_token,
        `Events.Attributes`[arrayFirstIndex(n -> n = 'exception', `Events.Name`)]['exception.type'] AS exception,
        $price_cost
    FROM
    (
        -- Steps of their own: within a step every expression that uses a column carries the column's text in its
        -- name, and the first one's has 30 kB.
        SELECT *, $price_line FROM (SELECT *, $price_names FROM
        (
            SELECT *, $operation AS operation, $provider AS provider FROM
            (
                SELECT *, arrayMap(h -> intDiv(h.1 - 1, $ranks), hits) AS slots_, arrayMap(h -> h.2, hits) AS values_,
$fields
                FROM (SELECT *, $hits AS hits FROM otel_traces)
            )
            WHERE f_operation != ''
        ))
    )
)
