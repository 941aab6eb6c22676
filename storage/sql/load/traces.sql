-- One closed segment becomes rows: decode, text, redact, lay out. $names are filled in by storage/load.py.
--
-- What most spans need not is kept off their way. The policy's patterns scan a span's text once (of a resource and a
-- scope once for all their spans, of an attribute's key once for all that have it); only where they match is each
-- string looked at by itself, and only what matches then is rewritten. A span of which nothing changes keeps its parts
-- as they were decoded. Steps stay apart (query_plan_merge_expressions = 0): merged, each column that uses what is
-- redacted would redact anew.
INSERT INTO otel_traces ($columns)
WITH
    $shared
    -- cut a flat array into the sizes of its owners
    (flat, counts) -> arrayMap((start, size) -> arraySlice(flat, start - size + 1, size), arrayCumSum(counts), counts) AS nested
SELECT
    fromUnixTimestamp64Nano(toInt64(started)) AS Timestamp,
    lower(hex(trace_id)) AS TraceId,
    lower(hex(span_id)) AS SpanId,
    lower(hex(parent_span_id)) AS ParentSpanId,
    if(hit, redacted[3], trace_state) AS TraceState,
    if(hit, redacted[1], name) AS SpanName,
    transform(kind, [1, 2, 3, 4, 5], ['Internal', 'Server', 'Client', 'Producer', 'Consumer'], 'Unspecified') AS SpanKind,
    ResourceAttributes['service.name'] AS ServiceName,
    if(outer_changes, CAST((part(11), mixed(part(12), mapValues(resource_map), resource_words)), 'Map(LowCardinality(String), String)'),
        resource_map) AS ResourceAttributes,
    if(outer_changes, part(10)[1], scope_name) AS ScopeName,
    if(outer_changes, part(10)[2], scope_version) AS ScopeVersion,
    if(hit OR clamped_start OR has_dropped,
        CAST((arrayConcat(if(hit, part(2), kept_keys), if(clamped_start, ['spanwarden.start_unix_nano'], [])),
            arrayConcat(if(hit, mixed(part(3), kept_texts, kept_words), kept_texts), if(clamped_start, [toString(start_time)], []))),
            'Map(LowCardinality(String), String)'),
        CAST((keys, texts), 'Map(LowCardinality(String), String)')) AS SpanAttributes,
    if(ended >= start_time, ended - start_time, 0) AS Duration,
    transform(status_code, [1, 2], ['Ok', 'Error'], 'Unset') AS StatusCode,
    if(hit, redacted[2], status_message) AS StatusMessage,
    arrayMap(e -> fromUnixTimestamp64Nano(toInt64(if(e < earliest OR e > latest, started, e))), event_times) AS `Events.Timestamp`,
    if(hit, part(4), event_names) AS `Events.Name`,
    CAST(arrayZip(
        if(hit, nested(part(5), event_sizes), event_keys),
        if(hit, nested(mixed(part(6), arrayFlatten(event_texts), arrayFlatten(event_words)), event_sizes), event_texts)),
        'Array(Map(LowCardinality(String), String))') AS `Events.Attributes`,
    arrayMap(l -> lower(hex(l)), link_traces) AS `Links.TraceId`,
    arrayMap(l -> lower(hex(l)), link_spans) AS `Links.SpanId`,
    if(hit, part(7), link_states) AS `Links.TraceState`,
    CAST(arrayZip(
        if(hit, nested(part(8), link_sizes), link_keys),
        if(hit, nested(mixed(part(9), arrayFlatten(link_texts), arrayFlatten(link_words)), link_sizes), link_texts)),
        'Array(Map(LowCardinality(String), String))') AS `Links.Attributes`,
    if(outer_changes, CAST((part(13), mixed(part(14), mapValues(scope_map), scope_words)), 'Map(LowCardinality(String), String)'),
        scope_map) AS ScopeAttributes,
    tenant AS Tenant,
    {batch_id:String} AS BatchId,
    now64(3) AS IngestedAt,
    $redactions AS Redactions,
    {policy_id:String} AS RedactionPolicy,
    {policy_digest:String} AS PolicyDigest,
    clamped_start OR ended < start_time AS TimeClamped,
    dropped_attributes AS DroppedAttributesCount,
    dropped_events AS DroppedEventsCount,
    dropped_links AS DroppedLinksCount,
    flags AS Flags,
    if(outer_changes, part(10)[3], schema_url) AS SchemaUrl,
    {policies:String} AS RedactionPolicies
FROM
$redacted_from
(
    SELECT *,
        arrayMap(a -> length(a), event_keys) AS event_sizes,
        arrayMap(a -> length(a), link_keys) AS link_sizes,
        if(may_hit, arrayConcat(
            [name, status_message, trace_state],
            kept_keys, arrayMap((t, w) -> if(w, t, ''), kept_texts, kept_words),
            event_names,
            arrayFlatten(event_keys), arrayMap((t, w) -> if(w, t, ''), arrayFlatten(event_texts), arrayFlatten(event_words)),
            link_states,
            arrayFlatten(link_keys), arrayMap((t, w) -> if(w, t, ''), arrayFlatten(link_texts), arrayFlatten(link_words)),
            outer_strings), []) AS strings,
        if(may_hit, [3, length(kept_keys), length(kept_keys),
            length(event_keys), arraySum(event_sizes), arraySum(event_sizes),
            length(link_keys), arraySum(link_sizes), arraySum(link_sizes),
            3, length(resource_words), length(resource_words), length(scope_words), length(scope_words)], []) AS sizes,
        arrayMap((s, n) -> s - n, arrayCumSum(sizes), sizes) AS starts
    FROM
    (
        SELECT *,
            if(may_hit OR clamped_start OR has_dropped, arrayMap(k -> NOT ($dropped), keys), []) AS is_kept,
            if(may_hit OR clamped_start OR has_dropped, arrayFilter((k, f) -> f, keys, is_kept), []) AS kept_keys,
            if(may_hit OR clamped_start OR has_dropped, arrayFilter((v, f) -> f, texts, is_kept), []) AS kept_texts,
            if(may_hit, arrayFilter((v, f) -> f, arrayMap((s, a) -> is_words(s, a), string_values, array_values), is_kept), []) AS kept_words
        FROM
        (
            SELECT *, outer_hit OR key_hit OR $gate AS may_hit FROM
            (
                SELECT *,
                    -- all words of the span but its attributes' keys
                    arrayStringConcat([name, status_message, trace_state,
                        arrayStringConcat(string_values, '\n'),
                        arrayStringConcat(arrayFilter((v, a) -> arrayExists(e -> e.1 IS NOT NULL, a), texts, array_values), '\n'),
                        arrayStringConcat(event_names, '\n'),
                        arrayStringConcat(arrayFlatten(event_keys), '\n'), arrayStringConcat(arrayFlatten(event_texts), '\n'),
                        arrayStringConcat(link_states, '\n'),
                        arrayStringConcat(arrayFlatten(link_keys), '\n'), arrayStringConcat(arrayFlatten(link_texts), '\n')], '\n') AS t
                FROM
                (
                    SELECT
                        tenant, span.trace_id AS trace_id, span.span_id AS span_id, span.parent_span_id AS parent_span_id, span.trace_state AS trace_state, span.name AS name, span.kind AS kind, span.start_time_unix_nano AS start_time, span.status.code AS status_code, span.status.message AS status_message, span.events.time_unix_nano AS event_times, span.events.name AS event_names, span.links.trace_id AS link_traces, span.links.span_id AS link_spans, span.links.trace_state AS link_states, span.attributes.value.string_value AS string_values, span.attributes.value.array_value.values AS array_values, span.dropped_attributes_count AS dropped_attributes, span.dropped_events_count AS dropped_events, span.dropped_links_count AS dropped_links, span.flags AS flags, scope_name, scope_version, schema_url, resource_map, resource_words, scope_map, scope_words,
                        outer_hit, outer_strings, key_hit,
                        received - $before_ns AS earliest,
                        received + $after_ns AS latest,
                        span.start_time_unix_nano < earliest OR span.start_time_unix_nano > latest AS clamped_start,
                        if(clamped_start, received, span.start_time_unix_nano) AS started,
                        span.end_time_unix_nano AS ended,
                        CAST(span.attributes.key, 'Array(LowCardinality(String))') AS keys,
                        drops AND arrayExists(k -> $dropped, keys) AS has_dropped,
                        arrayMap((k, s, b, i, d, a) -> as_text(s, b, i, d, a), keys, span.attributes.value.string_value, span.attributes.value.bool_value, span.attributes.value.int_value, span.attributes.value.double_value, span.attributes.value.array_value.values) AS texts,
                        span.events.attributes.key AS event_keys,
                        arrayMap(e -> arrayMap(v -> as_text(v.1, v.2, v.3, v.4, v.5.1), e.value), span.events.attributes) AS event_texts,
                        arrayMap(e -> arrayMap(v -> is_words(v.1, v.5.1), e.value), span.events.attributes) AS event_words,
                        span.links.attributes.key AS link_keys,
                        arrayMap(e -> arrayMap(v -> as_text(v.1, v.2, v.3, v.4, v.5.1), e.value), span.links.attributes) AS link_texts,
                        arrayMap(e -> arrayMap(v -> is_words(v.1, v.5.1), e.value), span.links.attributes) AS link_words
                    FROM
                    (
                        SELECT tenant, received, spans, scope_name, scope_version, schema_url,
                            CAST((resource_keys, resource_texts), 'Map(LowCardinality(String), String)') AS resource_map,
                            CAST((scope_keys, scope_texts), 'Map(LowCardinality(String), String)') AS scope_map,
                            $gate AS outer_hit,
                            arrayDistinct(arrayFlatten(spans.attributes.key)) AS all_keys,
                            arrayExists(t -> $gate, all_keys) AS key_hit,
                            arrayExists(k -> $dropped, all_keys) AS drops,
                            if(outer_hit, strings_, []) AS outer_strings,
                            if(outer_hit, resource_words_, []) AS resource_words,
                            if(outer_hit, scope_words_, []) AS scope_words
                        FROM
                        (
                            SELECT *,
                                arrayConcat([scope_name, scope_version, schema_url],
                                    resource_keys, arrayMap((t, w) -> if(w, t, ''), resource_texts, resource_words_),
                                    scope_keys, arrayMap((t, w) -> if(w, t, ''), scope_texts, scope_words_)) AS strings_,
                                arrayStringConcat(strings_, '\n') AS t
                            FROM
                            (
                                SELECT tenant, received, resource_keys, resource_texts, resource_words_,
                                    scope_spans.scope.name AS scope_name, scope_spans.scope.version AS scope_version,
                                    scope_spans.schema_url AS schema_url, scope_spans.spans AS spans,
                                    scope_spans.scope.attributes.key AS scope_keys,
                                    arrayMap(v -> as_text(v.1, v.2, v.3, v.4, v.5.1), scope_spans.scope.attributes.value) AS scope_texts,
                                    arrayMap(v -> is_words(v.1, v.5.1), scope_spans.scope.attributes.value) AS scope_words_
                                FROM
                                (
                                    SELECT tenant, received_unix_nano AS received, resource_spans.scope_spans AS all_scope_spans,
                                        resource_spans.resource.attributes.key AS resource_keys,
                                        arrayMap(v -> as_text(v.1, v.2, v.3, v.4, v.5.1), resource_spans.resource.attributes.value) AS resource_texts,
                                        arrayMap(v -> is_words(v.1, v.5.1), resource_spans.resource.attributes.value) AS resource_words_
                                    FROM $source ARRAY JOIN request.resource_spans AS resource_spans
                                )
                                ARRAY JOIN all_scope_spans AS scope_spans
                            )
                        )
                    )
                    ARRAY JOIN spans AS span
                )
            )
        )
    )
)
$redacted_to
SETTINGS $settings
