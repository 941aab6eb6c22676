-- What charts, detectors and reports read. y = ln(duration in ms), x = ln(32 + output tokens): their sums, squares and
-- products let latency be regressed on output length after any merge. A call takes its time to the first token and then
-- so much a token; the former is worth some thirty of the latter, hence 32, and y is then nearly linear in x.
CREATE MATERIALIZED VIEW calls_1m_view TO calls_1m COMMENT $comment AS
SELECT
    tenant, toStartOfMinute(timestamp) AS minute, service, model, operation, region,
    multiIf(tool_name != '', tool_name, operation IN ('invoke_agent', 'invoke_workflow', 'chain'), if(agent_name != '', agent_name, workflow_name), '') AS target,
    status,
    count() AS calls,
    countIf(is_llm_call) AS llm_calls,
    sumIf(ifNull(input_tokens, 0), is_llm_call) AS input_tokens,
    sumIf(ifNull(output_tokens, 0), is_llm_call) AS output_tokens,
    sumIf(ifNull(cache_read_tokens, 0), is_llm_call) AS cache_read_tokens,
    sumIf(ifNull(reasoning_tokens, 0), is_llm_call) AS reasoning_tokens,
    sum(ifNull(cost_usd, 0)) AS cost_usd,
    sum(redactions) AS redactions,
    sum(duration_ms) AS duration_ms_sum,
    countIf(known) AS output_known,
    sum(y) AS log_duration_sum,
    sum(y * y) AS log_duration_sq_sum,
    sumIf(y, known) AS log_duration_known_sum,
    sumIf(y * y, known) AS log_duration_known_sq_sum,
    sumIf(x, known) AS log_output_sum,
    sumIf(x * x, known) AS log_output_sq_sum,
    sumIf(x * y, known) AS log_duration_output_sum,
    countIf(timed) AS ttft_calls,
    sumIf(z, timed) AS log_ttft_sum,
    sumIf(z * z, timed) AS log_ttft_sq_sum,
    quantilesDDState(0.01, 0.5, 0.9, 0.95, 0.99)(toFloat64(duration_ms)) AS duration_sketch,
    quantilesDDStateIf(0.01, 0.5, 0.9, 0.95, 0.99)(assumeNotNull(ttft), timed) AS ttft_sketch
FROM
(
    SELECT * EXCEPT (output_tokens, ttft_ms), c.output_tokens AS output_tokens, c.ttft_ms AS ttft,
        c.output_tokens IS NOT NULL AS known,
        c.ttft_ms IS NOT NULL AS timed,
        ln(greatest(duration_ms, 0.001)) AS y,
        ln(32 + assumeNotNull(ifNull(c.output_tokens, 0))) AS x,
        ln(greatest(assumeNotNull(ifNull(c.ttft_ms, 1)), 0.001)) AS z
    FROM llm_calls AS c
)
GROUP BY tenant, minute, service, model, operation, region, target, status;

CREATE MATERIALIZED VIEW errors_1m_view TO errors_1m COMMENT $comment AS
SELECT tenant, toStartOfMinute(timestamp) AS minute, service, model, operation, region, error_type, count() AS calls
FROM llm_calls WHERE status = 'error'
GROUP BY tenant, minute, service, model, operation, region, error_type;

CREATE MATERIALIZED VIEW spans_1m_view TO spans_1m COMMENT $comment AS
SELECT Tenant AS tenant, toStartOfMinute(toDateTime(Timestamp)) AS minute, ServiceName AS service, SpanKind AS span_kind,
    StatusCode AS status, count() AS spans
FROM otel_traces
GROUP BY tenant, minute, service, span_kind, status;

CREATE MATERIALIZED VIEW redactions_1m_view TO redactions_1m COMMENT $comment AS
SELECT Tenant AS tenant, toStartOfMinute(toDateTime(Timestamp)) AS minute, ServiceName AS service, kind, sum(n) AS redacted
FROM (SELECT Tenant, Timestamp, ServiceName, Redactions FROM otel_traces WHERE notEmpty(Redactions))
ARRAY JOIN mapKeys(Redactions) AS kind, mapValues(Redactions) AS n
GROUP BY tenant, minute, service, kind;

-- One decision a redacted span and policy that masked something in it; its id follows from what it is about, so a
-- repeat replaces it.
CREATE MATERIALIZED VIEW privacy_decisions_view TO policy_decisions COMMENT $comment AS
SELECT
    lower(hex(MD5(concat(Tenant, TraceId, SpanId, policy.id, policy.digest, PolicyDigest)))) AS decision_id,
    Tenant AS tenant,
    toDateTime64(Timestamp, 3) AS at,
    TraceId AS trace_id,
    SpanId AS span_id,
    ServiceName AS service,
    if(f_response_model != '', f_response_model, f_request_model) AS model,
    policy.id AS policy_id,
    policy.version AS version,
    policy.digest AS digest,
    'redact' AS check_id,
    'ingest' AS stage,
    'mask' AS action,
    'violation' AS verdict,
    'private data was replaced before storage' AS reason,
    'note' AS severity,
    mapFilter((kind, n) -> has(policy.kinds, kind), Redactions) AS entities,
    CAST(NULL, 'Nullable(Float64)') AS score,
    CAST(NULL, 'Nullable(Float64)') AS p_value,
    toUInt32(0) AS tokens_scored,
    toJSONString(map('redaction', toString(PolicyDigest))) AS evidence,
    BatchId AS batch_id,
    toUInt64(1) AS version_ns
FROM
(
    SELECT *, $request_model AS f_request_model, $response_model AS f_response_model FROM
    (
        SELECT *, $model_fill FROM
        (
            SELECT *, $model_pick FROM (SELECT *, $model_look_up FROM otel_traces WHERE notEmpty(Redactions))
        )
    )
)
ARRAY JOIN JSONExtract(toString(RedactionPolicies), 'Array(Tuple(id String, version String, digest String, kinds Array(String)))') AS policy
WHERE notEmpty(entities)
