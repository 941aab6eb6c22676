-- One closed segment becomes rows: decode, text, redact, lay out. $names are filled in by storage/load.py.
--
-- Every string of a span goes into ONE array, so that the policy's expression is written and started once; the parts
-- are cut back by their position. A span whose strings cannot match any rule (the gate) keeps its parts as they are.
INSERT INTO otel_traces ($columns)
WITH
    -- a value as text: strings as they are, numbers and booleans in their shortest exact form, arrays as JSON
    (s, b, i, d, a) -> multiIf(
        s IS NOT NULL, assumeNotNull(s),
        i IS NOT NULL, toString(assumeNotNull(i)),
        d IS NOT NULL, toString(assumeNotNull(d)),
        b IS NOT NULL, if(assumeNotNull(b) = 1, 'true', 'false'),
        notEmpty(a), concat('[', arrayStringConcat(arrayMap(e -> multiIf(
            e.1 IS NOT NULL, toJSONString(assumeNotNull(e.1)),
            e.3 IS NOT NULL, toString(assumeNotNull(e.3)),
            e.4 IS NOT NULL, toJSONString(assumeNotNull(e.4)),
            e.2 IS NOT NULL, if(assumeNotNull(e.2) = 1, 'true', 'false'),
            'null'), a), ','), ']'),
        '') AS as_text,
    -- whether a value holds words, which a rule may redact; numbers never are
    (s, a) -> s IS NOT NULL OR arrayExists(e -> e.1 IS NOT NULL, a) AS is_words,
    -- the k-th part of the redacted array
    (k) -> arraySlice(redacted, starts[k] + 1, sizes[k]) AS part,
    -- cut a flat array into the sizes of its owners
    (flat, counts) -> arrayMap((start, size) -> arraySlice(flat, start - size + 1, size), arrayCumSum(counts), counts) AS nested
SELECT
    fromUnixTimestamp64Nano(toInt64(started)) AS Timestamp,
    lower(hex(span.trace_id)) AS TraceId,
    lower(hex(span.span_id)) AS SpanId,
    lower(hex(span.parent_span_id)) AS ParentSpanId,
    if(hit, redacted[3], span.trace_state) AS TraceState,
    if(hit, redacted[1], span.name) AS SpanName,
    transform(span.kind, [1, 2, 3, 4, 5], ['Internal', 'Server', 'Client', 'Producer', 'Consumer'], 'Unspecified') AS SpanKind,
    ResourceAttributes['service.name'] AS ServiceName,
    CAST((if(hit, part(2), resource_keys), if(hit, arrayMap((r, t, w) -> if(w, r, t), part(3), resource_texts, resource_words), resource_texts)),
        'Map(LowCardinality(String), String)') AS ResourceAttributes,
    if(hit, redacted[4], scope.name) AS ScopeName,
    if(hit, redacted[5], scope.version) AS ScopeVersion,
    CAST((arrayConcat(if(hit, part(6), keys), if(clamped_start, ['spanwarden.start_unix_nano'], [])),
        arrayConcat(if(hit, arrayMap((r, t, w) -> if(w, r, t), part(7), texts, words), texts), if(clamped_start, [toString(span.start_time_unix_nano)], []))),
        'Map(LowCardinality(String), String)') AS SpanAttributes,
    if(ended >= span.start_time_unix_nano, ended - span.start_time_unix_nano, 0) AS Duration,
    transform(span.status.code, [1, 2], ['Ok', 'Error'], 'Unset') AS StatusCode,
    if(hit, redacted[2], span.status.message) AS StatusMessage,
    arrayMap(e -> fromUnixTimestamp64Nano(toInt64(if(e < earliest OR e > latest, started, e))), span.events.time_unix_nano) AS `Events.Timestamp`,
    if(hit, part(8), span.events.name) AS `Events.Name`,
    CAST(arrayZip(
        if(hit, nested(part(9), event_sizes), event_keys),
        if(hit, nested(arrayMap((r, t, w) -> if(w, r, t), part(10), arrayFlatten(event_texts), arrayFlatten(event_words)), event_sizes), event_texts)),
        'Array(Map(LowCardinality(String), String))') AS `Events.Attributes`,
    arrayMap(l -> lower(hex(l)), span.links.trace_id) AS `Links.TraceId`,
    arrayMap(l -> lower(hex(l)), span.links.span_id) AS `Links.SpanId`,
    if(hit, part(11), span.links.trace_state) AS `Links.TraceState`,
    CAST(arrayZip(
        if(hit, nested(part(12), link_sizes), link_keys),
        if(hit, nested(arrayMap((r, t, w) -> if(w, r, t), part(13), arrayFlatten(link_texts), arrayFlatten(link_words)), link_sizes), link_texts)),
        'Array(Map(LowCardinality(String), String))') AS `Links.Attributes`,
    CAST((if(hit, part(4), scope_keys), if(hit, arrayMap((r, t, w) -> if(w, r, t), part(5), scope_texts, scope_words), scope_texts)),
        'Map(LowCardinality(String), String)') AS ScopeAttributes,
    tenant AS Tenant,
    {batch_id:String} AS BatchId,
    now64(3) AS IngestedAt,
    CAST(arrayFilter(k -> k.2 > 0, arrayMap(k -> (k, toUInt32(greatest(0, toInt64(countEqual(found, k)) - toInt64(countEqual(given, k))))), $kinds)),
        'Map(LowCardinality(String), UInt32)') AS Redactions,
    {policy_id:String} AS RedactionPolicy,
    {policy_digest:String} AS PolicyDigest,
    clamped_start OR ended < span.start_time_unix_nano AS TimeClamped,
    span.dropped_attributes_count AS DroppedAttributesCount,
    span.dropped_events_count AS DroppedEventsCount,
    span.dropped_links_count AS DroppedLinksCount,
    span.flags AS Flags,
    if(hit, redacted[6], schema_url) AS SchemaUrl
FROM
(
    SELECT *,
        if(hit, arrayMap(t -> $template, strings), CAST([], 'Array(String)')) AS redacted,
        if(hit, extractAll(arrayStringConcat(redacted, '\n'), $token_pattern), CAST([], 'Array(String)')) AS found,
        if(hit, extractAll(text, $token_pattern), CAST([], 'Array(String)')) AS given
    FROM
    (
        SELECT *, $gate AS hit FROM
        (
            SELECT *, arrayStringConcat(strings, '\n') AS t, t AS text FROM
            (
                SELECT *,
                    arrayConcat(
                        [span.name, span.status.message, span.trace_state, scope.name, scope.version, schema_url],
                        resource_keys, arrayMap((t, w) -> if(w, t, ''), resource_texts, resource_words),
                        scope_keys, arrayMap((t, w) -> if(w, t, ''), scope_texts, scope_words),
                        keys, arrayMap((t, w) -> if(w, t, ''), texts, words),
                        span.events.name,
                        arrayFlatten(event_keys), arrayMap((t, w) -> if(w, t, ''), arrayFlatten(event_texts), arrayFlatten(event_words)),
                        span.links.trace_state,
                        arrayFlatten(link_keys), arrayMap((t, w) -> if(w, t, ''), arrayFlatten(link_texts), arrayFlatten(link_words))) AS strings,
                    arrayMap(a -> length(a), event_keys) AS event_sizes,
                    arrayMap(a -> length(a), link_keys) AS link_sizes,
                    [6, length(resource_keys), length(resource_keys), length(scope_keys), length(scope_keys), length(keys), length(keys),
                     length(event_keys), arraySum(event_sizes), arraySum(event_sizes),
                     length(link_keys), arraySum(link_sizes), arraySum(link_sizes)] AS sizes,
                    arrayMap((s, n) -> s - n, arrayCumSum(sizes), sizes) AS starts
                FROM
                (
                    SELECT
                        tenant, span, scope, schema_url, resource_keys, resource_texts, resource_words, scope_keys, scope_texts, scope_words,
                        received - $before_ns AS earliest,
                        received + $after_ns AS latest,
                        span.start_time_unix_nano < earliest OR span.start_time_unix_nano > latest AS clamped_start,
                        if(clamped_start, received, span.start_time_unix_nano) AS started,
                        span.end_time_unix_nano AS ended,
                        arrayFilter(a -> NOT ($dropped), span.attributes) AS kept,
                        kept.key AS keys,
                        arrayMap((s, b, i, d, a) -> as_text(s, b, i, d, a), kept.value.string_value, kept.value.bool_value, kept.value.int_value, kept.value.double_value, kept.value.array_value.values) AS texts,
                        arrayMap((s, a) -> is_words(s, a), kept.value.string_value, kept.value.array_value.values) AS words,
                        span.events.attributes.key AS event_keys,
                        arrayMap(e -> arrayMap(v -> as_text(v.1, v.2, v.3, v.4, v.5.1), e.value), span.events.attributes) AS event_texts,
                        arrayMap(e -> arrayMap(v -> is_words(v.1, v.5.1), e.value), span.events.attributes) AS event_words,
                        span.links.attributes.key AS link_keys,
                        arrayMap(e -> arrayMap(v -> as_text(v.1, v.2, v.3, v.4, v.5.1), e.value), span.links.attributes) AS link_texts,
                        arrayMap(e -> arrayMap(v -> is_words(v.1, v.5.1), e.value), span.links.attributes) AS link_words
                    FROM
                    (
                        SELECT tenant, received, resource_keys, resource_texts, resource_words, scope_spans.scope AS scope,
                            scope_spans.schema_url AS schema_url, scope_spans.spans AS spans, scope.attributes.key AS scope_keys,
                            arrayMap(v -> as_text(v.1, v.2, v.3, v.4, v.5.1), scope.attributes.value) AS scope_texts,
                            arrayMap(v -> is_words(v.1, v.5.1), scope.attributes.value) AS scope_words
                        FROM
                        (
                            SELECT tenant, received_unix_nano AS received, resource_spans.scope_spans AS all_scope_spans,
                                resource_spans.resource.attributes.key AS resource_keys,
                                arrayMap(v -> as_text(v.1, v.2, v.3, v.4, v.5.1), resource_spans.resource.attributes.value) AS resource_texts,
                                arrayMap(v -> is_words(v.1, v.5.1), resource_spans.resource.attributes.value) AS resource_words
                            FROM $source ARRAY JOIN request.resource_spans AS resource_spans
                        )
                        ARRAY JOIN all_scope_spans AS scope_spans
                    )
                    ARRAY JOIN spans AS span
                )
            )
        )
    )
)
SETTINGS $settings
