-- What was replaced in log records counts with what was in spans: the roll-up, and a decision a record and policy.
CREATE MATERIALIZED VIEW log_redactions_view TO redactions_1m COMMENT $comment AS
SELECT Tenant AS tenant, toStartOfMinute(TimestampTime) AS minute, ServiceName AS service, kind, sum(amount) AS redacted
FROM (SELECT * FROM otel_logs WHERE notEmpty(Redactions))
ARRAY JOIN mapKeys(Redactions) AS kind, mapValues(Redactions) AS amount
GROUP BY tenant, minute, service, kind;

CREATE MATERIALIZED VIEW log_decisions_view TO policy_decisions COMMENT $comment AS
SELECT
    -- a record has no id of its own: its place in time and its words tell it from others
    lower(hex(MD5(concat(Tenant, TraceId, SpanId, toString(Timestamp), EventName, toString(cityHash64(Body, LogAttributes)),
        policy.id, policy.digest, PolicyDigest)))) AS decision_id,
    Tenant AS tenant,
    toDateTime64(Timestamp, 3) AS at,
    TraceId AS trace_id,
    SpanId AS span_id,
    ServiceName AS service,
    LogAttributes['gen_ai.request.model'] AS model,
    policy.id AS policy_id,
    policy.version AS version,
    policy.digest AS digest,
    'redact' AS check_id,
    'ingest' AS stage,
    'mask' AS action,
    'violation' AS verdict,
    'private data was replaced in a log record before storage' AS reason,
    'note' AS severity,
    mapFilter((kind, n) -> has(policy.kinds, kind), Redactions) AS entities,
    CAST(NULL, 'Nullable(Float64)') AS score,
    CAST(NULL, 'Nullable(Float64)') AS p_value,
    toUInt32(0) AS tokens_scored,
    toJSONString(map('redaction', toString(PolicyDigest))) AS evidence,
    BatchId AS batch_id,
    toUInt64(1) AS version_ns
FROM (SELECT * FROM otel_logs WHERE notEmpty(Redactions))
ARRAY JOIN JSONExtract(toString(RedactionPolicies), 'Array(Tuple(id String, version String, digest String, kinds Array(String)))') AS policy
WHERE notEmpty(entities)
