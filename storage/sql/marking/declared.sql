-- Decisions of a policy that asks for a declaration only, one an output that is long enough or declares.
INSERT INTO policy_decisions ($columns)
SELECT
    substring(lower(hex(SHA256(concat(tenant, '\n', trace_id, '\n', span_id, '\n', {policy:String}, '\n', {digest:String})))), 1, 32) AS decision_id,
    tenant,
    toDateTime64(timestamp, 3) AS at,
    trace_id,
    span_id,
    service,
    model,
    {policy:String} AS policy_id,
    {version:String} AS version,
    {digest:String} AS digest,
    'declared' AS check_id,
    'ingest' AS stage,
    if(verdict = 'absent', {action:String}, 'allow') AS action,
    multiIf(declared_mark != '', 'declared', output_tokens IS NULL, 'not_evaluated', 'absent') AS verdict,
    transform(verdict, ['declared', 'not_evaluated'], ['the emitter declares a mark', 'the span does not say how long its output is'],
        'the emitter declares no mark') AS reason,
    {severity:String} AS severity,
    map() AS entities,
    NULL AS score,
    NULL AS p_value,
    0 AS tokens_scored,
    toJSONString(map('service_version', toString(service_version), 'declared', left(declared_mark, 100),
        'output_tokens', ifNull(toString(output_tokens), ''))) AS evidence,
    {batch:String} AS batch_id,
    {version_ns:UInt64} AS version_ns
FROM ($outputs)
WHERE declared_mark != '' OR ifNull(output_tokens, {min_tokens:Int64}) >= {min_tokens:Int64}
SETTINGS $settings
