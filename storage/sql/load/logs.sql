-- One closed segment of logs becomes rows: decode, text, redact, lay out. $names are filled in by storage/load.py.
--
-- As for spans (traces.sql) a policy's patterns scan all words of a record once, those of its resource and scope once for
-- all their records; only where they match is each string looked at by itself, and only what matches then is rewritten.
INSERT INTO otel_logs ($columns)
WITH
    $shared
    1 AS one
SELECT
    fromUnixTimestamp64Nano(toInt64(at)) AS Timestamp,
    toDateTime(Timestamp) AS TimestampTime,
    as_id(trace_id, 16) AS TraceId,
    as_id(span_id, 8) AS SpanId,
    toUInt8(bitAnd(flags, 255)) AS TraceFlags,
    if(hit, redacted[2], severity_text) AS SeverityText,
    toUInt8(greatest(0, least(255, severity_number))) AS SeverityNumber,
    ResourceAttributes['service.name'] AS ServiceName,
    if(hit AND body_is_words, redacted[1], body) AS Body,
    if(outer_changes, part(4)[4], resource_schema_url) AS ResourceSchemaUrl,
    if(outer_changes, CAST((part(5), mixed(part(6), mapValues(resource_map), resource_words)), 'Map(LowCardinality(String), String)'),
        resource_map) AS ResourceAttributes,
    if(outer_changes, part(4)[3], scope_schema_url) AS ScopeSchemaUrl,
    if(outer_changes, part(4)[1], scope_name) AS ScopeName,
    if(outer_changes, part(4)[2], scope_version) AS ScopeVersion,
    if(outer_changes, CAST((part(7), mixed(part(8), mapValues(scope_map), scope_words)), 'Map(LowCardinality(String), String)'),
        scope_map) AS ScopeAttributes,
    CAST((arrayConcat(if(hit, part(2), keys), if(clamped, ['spanwarden.time_unix_nano'], [])),
        arrayConcat(if(hit, mixed(part(3), texts, words), texts), if(clamped, [toString(told_at)], []))),
        'Map(LowCardinality(String), String)') AS LogAttributes,
    if(event_name != '', if(hit, redacted[3], event_name), LogAttributes['event.name']) AS EventName,
    fromUnixTimestamp64Nano(toInt64(if(observed < earliest OR observed > latest, received, observed))) AS ObservedTimestamp,
    dropped_attributes AS DroppedAttributesCount,
    tenant AS Tenant,
    {batch_id:String} AS BatchId,
    now64(3) AS IngestedAt,
    clamped AS TimeClamped,
    $redactions AS Redactions,
    {policy_id:String} AS RedactionPolicy,
    {policy_digest:String} AS PolicyDigest,
    {policies:String} AS RedactionPolicies
FROM
$redacted_from
(
    SELECT *,
        if(may_hit, arrayConcat([if(body_is_words, body, ''), severity_text, event_name],
            keys, arrayMap((t, w) -> if(w, t, ''), texts, words), outer_strings), []) AS strings,
        if(may_hit, [3, length(keys), length(keys),
            4, length(resource_words), length(resource_words), length(scope_words), length(scope_words)], []) AS sizes,
        arrayMap((s, n) -> s - n, arrayCumSum(sizes), sizes) AS starts
    FROM
    (
        SELECT *, outer_hit OR $gate AS may_hit FROM
        (
            SELECT *,
                arrayFilter((k, f) -> f, all_keys, kept) AS keys,
                arrayFilter((v, f) -> f, all_texts, kept) AS texts,
                arrayFilter((v, f) -> f, all_words, kept) AS words,
                arrayStringConcat([body, severity_text, event_name, arrayStringConcat(keys, '\n'),
                    arrayStringConcat(arrayFilter((v, w) -> w, texts, words), '\n')], '\n') AS t
            FROM
            (
                SELECT
                    tenant, received, scope_name, scope_version, scope_schema_url, resource_schema_url,
                    resource_map, resource_words, scope_map, scope_words, outer_hit, outer_strings,
                    record.trace_id AS trace_id, record.span_id AS span_id, record.flags AS flags,
                    record.severity_text AS severity_text, record.severity_number AS severity_number,
                    record.event_name AS event_name, record.dropped_attributes_count AS dropped_attributes,
                    received - $before_ns AS earliest,
                    received + $after_ns AS latest,
                    record.observed_time_unix_nano AS observed,
                    multiIf(record.time_unix_nano > 0, record.time_unix_nano, observed > 0, observed, received) AS told_at,
                    told_at < earliest OR told_at > latest AS clamped,
                    if(clamped, received, told_at) AS at,
                    as_text(record.body.string_value, record.body.bool_value, record.body.int_value, record.body.double_value, record.body.array_value.values) AS body,
                    is_words(record.body.string_value, record.body.array_value.values) AS body_is_words,
                    record.attributes.key AS all_keys,
                    arrayMap(v -> as_text(v.1, v.2, v.3, v.4, v.5.1), record.attributes.value) AS all_texts,
                    arrayMap(v -> is_words(v.1, v.5.1), record.attributes.value) AS all_words,
                    arrayMap(k -> NOT ($dropped), all_keys) AS kept
                FROM
                (
                    SELECT tenant, received, records, scope_name, scope_version, scope_schema_url, resource_schema_url,
                        CAST((resource_keys, resource_texts), 'Map(LowCardinality(String), String)') AS resource_map,
                        CAST((scope_keys, scope_texts), 'Map(LowCardinality(String), String)') AS scope_map,
                        $gate AS outer_hit,
                        if(outer_hit, strings_, []) AS outer_strings,
                        if(outer_hit, resource_words_, []) AS resource_words,
                        if(outer_hit, scope_words_, []) AS scope_words
                    FROM
                    (
                        SELECT *,
                            arrayConcat([scope_name, scope_version, scope_schema_url, resource_schema_url],
                                resource_keys, arrayMap((t, w) -> if(w, t, ''), resource_texts, resource_words_),
                                scope_keys, arrayMap((t, w) -> if(w, t, ''), scope_texts, scope_words_)) AS strings_,
                            arrayStringConcat(strings_, '\n') AS t
                        FROM
                        (
                            SELECT tenant, received, resource_schema_url, resource_keys, resource_texts, resource_words_,
                                scope_logs.scope.name AS scope_name, scope_logs.scope.version AS scope_version,
                                scope_logs.schema_url AS scope_schema_url, scope_logs.log_records AS records,
                                scope_logs.scope.attributes.key AS scope_keys,
                                arrayMap(v -> as_text(v.1, v.2, v.3, v.4, v.5.1), scope_logs.scope.attributes.value) AS scope_texts,
                                arrayMap(v -> is_words(v.1, v.5.1), scope_logs.scope.attributes.value) AS scope_words_
                            FROM
                            (
                                SELECT tenant, received_unix_nano AS received, resource_logs.scope_logs AS all_scope_logs,
                                    resource_logs.schema_url AS resource_schema_url,
                                    resource_logs.resource.attributes.key AS resource_keys,
                                    arrayMap(v -> as_text(v.1, v.2, v.3, v.4, v.5.1), resource_logs.resource.attributes.value) AS resource_texts,
                                    arrayMap(v -> is_words(v.1, v.5.1), resource_logs.resource.attributes.value) AS resource_words_
                                FROM $source ARRAY JOIN request.resource_logs AS resource_logs
                            )
                            ARRAY JOIN all_scope_logs AS scope_logs
                        )
                    )
                )
                ARRAY JOIN records AS record
            )
        )
    )
)
$redacted_to
SETTINGS $settings
