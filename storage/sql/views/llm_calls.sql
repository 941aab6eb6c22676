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
    dialect,
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
    accurateCastOrNull(f_server_port, 'UInt16') AS server_port,
    if(SpanKind = 'Server', f_region, $model_region) AS model_region,
    f_team AS team,
    f_api_key AS api_key,
    f_agent_id AS agent_id,
    f_agent_version AS agent_version,
    f_tags AS tags,
    f_input_tokens AS input_tokens,
    f_output_tokens AS output_tokens,
    coalesce(f_total_tokens, f_input_tokens + f_output_tokens) AS total_tokens,
    f_cache_read_tokens AS cache_read_tokens,
    f_cache_write_tokens AS cache_write_tokens,
    f_reasoning_tokens AS reasoning_tokens,
    f_cache_write_1h_tokens AS cache_write_1h_tokens,
    f_audio_input_tokens AS audio_input_tokens,
    f_audio_output_tokens AS audio_output_tokens,
    f_service_tier AS service_tier,
    f_system_fingerprint AS system_fingerprint,
    ifNull(f_response_cache_hit, false) AS response_cache_hit,
    f_cost_input_usd AS cost_input_usd,
    f_cost_output_usd AS cost_output_usd,
    multiIf(is_llm_call = 0, NULL, f_cost_usd IS NOT NULL, f_cost_usd, computed_usd) AS cost_usd,
    multiIf(cost_usd IS NULL, '', f_cost_usd IS NOT NULL, 'reported', by_gpu, 'gpu', 'computed') AS cost_source,
    if(is_llm_call, computed_by, '') AS price_id,
    if(is_llm_call, computed_usd, NULL) AS cost_computed_usd,
    Duration / 1e6 AS duration_ms,
    coalesce(f_ttft_ms, if(first_token = 0, NULL, dateDiff('microsecond', Timestamp, `Events.Timestamp`[first_token]) / 1000)) AS ttft_ms,
    multiIf(ttft_ms IS NULL, '', f_ttft_ms IS NULL, 'event', vantage) AS ttft_source,
    f_queue_ms AS queue_ms,
    f_prefill_ms AS prefill_ms,
    f_decode_ms AS decode_ms,
    f_inference_ms AS inference_ms,
    f_e2e_ms AS e2e_ms,
    multiIf(f_tokens_per_second > 0, 1000 / f_tokens_per_second,
        f_output_tokens > 1 AND ttft_ms < ifNull(f_e2e_ms, duration_ms), (ifNull(f_e2e_ms, duration_ms) - ttft_ms) / (f_output_tokens - 1), NULL) AS tpot_ms,
    if(vantage = 'server', multiIf(startsWith(SpanName, 'prefill') OR position(ServiceName, 'prefill') > 0, 'prefill',
        startsWith(SpanName, 'decode') OR position(ServiceName, 'decode') > 0, 'decode', ''), '') AS pd_role,
    if(SpanKind = 'Server' OR dialect IN $serving, 'server', 'client') AS vantage,
    f_resend_count AS resend_count,
    f_tool_call_id AS tool_call_id,
    f_tool_type AS tool_type,
    if(f_retrieval_documents IS NULL AND operation IN ('retrieval', 'rerank'), $documents, f_retrieval_documents) AS retrieval_documents,
    f_retrieval_top_k AS retrieval_top_k,
    f_retrieval_top_score AS retrieval_top_score,
    f_data_source AS data_source,
    f_embedding_dimensions AS embedding_dimensions,
    f_mcp_method AS mcp_method,
    f_mcp_session_id AS mcp_session_id,
    f_guardrail_name AS guardrail_name,
    f_guardrail_status AS guardrail_status,
    f_evaluation_name AS evaluation_name,
    f_evaluation_score AS evaluation_score,
    f_evaluation_label AS evaluation_label,
    ifNull(f_is_stream, false) AS is_stream,
    $finish_reason AS finish_reason,
    if(failed, 'error', 'ok') AS status,
    multiIf(NOT failed, '', f_error_type NOT IN ('', 'ERROR'), f_error_type, exception != '', exception,
        $named_failure AS named != '', named,
        f_http_status >= 400, toString(assumeNotNull(ifNull(f_http_status, 0))), '_OTHER') AS error_type,
    is_llm_call,
    has_text_ OR hasAny(`Events.Name`, $content_events) AS has_content,
    f_declared_mark AS declared_mark,
    toUInt32(arraySum(mapValues(Redactions))) AS redactions
FROM
(
    SELECT *,
        operation IN $model_calls AND SpanName != 'raw_gen_ai_request'
            AND NOT (operation = 'embeddings' AND f_input_tokens IS NULL AND ScopeName = 'gen_ai' AND StatusCode != 'Error') AS is_llm_call,
        StatusCode = 'Error' OR f_error_type != '' OR ifNull(f_http_status >= 400, false) AS failed,
        arrayFirstIndex(n -> n IN $first_token_events, `Events.Name`) AS first_token,
        if(failed, `Events.Attributes`[indexOf(`Events.Name`, 'exception')]['exception.type'], '') AS exception,
        $price_cost
    FROM
    (
        -- Steps of their own: within a step every expression that uses a column carries the column's text in its
        -- name, and the first one's has 30 kB.
        SELECT *, $price_line FROM (SELECT *, $price_names FROM
        (
            SELECT *, $operation AS operation, $provider AS provider FROM
            (
                SELECT *, $written AS written_, lower(if(f_request_model != '', f_request_model, f_response_model)) AS model_, $dialect AS dialect FROM
                (
                    SELECT *, $scope AS scope_,
$fields
                    FROM (SELECT *, $fill FROM (SELECT *, $pick FROM (SELECT $columns, $look_up FROM otel_traces)))
                )
                WHERE written_ != ''
            )
        ))
    )
)
