-- One closed segment of metrics becomes data points: decode, text, redact, lay out. $names are filled in by
-- storage/load.py. The landing place keeps nothing: a view for each kind of point takes its own (sql/views/metrics.sql).
--
-- Every kind of point is brought into one form first, so that words are looked at in one place. As for spans
-- (traces.sql) each string is looked at by itself only where the policy's patterns match all of a point's words.
INSERT INTO metric_points ($columns)
WITH
    $shared
    (flat, counts) -> arrayMap((start, size) -> arraySlice(flat, start - size + 1, size), arrayCumSum(counts), counts) AS nested,
    (d, i) -> if(i IS NOT NULL, toFloat64(assumeNotNull(i)), ifNull(d, 0)) AS as_number,
    CAST([], 'Array(UInt64)') AS no_counts,
    CAST([], 'Array(Float64)') AS no_numbers
SELECT
    if(outer_changes, CAST((part(6), mixed(part(7), mapValues(resource_map), resource_words)), 'Map(LowCardinality(String), String)'),
        resource_map) AS ResourceAttributes,
    if(outer_changes, part(5)[7], resource_schema_url) AS ResourceSchemaUrl,
    if(outer_changes, part(5)[4], scope_name) AS ScopeName,
    if(outer_changes, part(5)[5], scope_version) AS ScopeVersion,
    if(outer_changes, CAST((part(8), mixed(part(9), mapValues(scope_map), scope_words)), 'Map(LowCardinality(String), String)'),
        scope_map) AS ScopeAttributes,
    scope_dropped AS ScopeDroppedAttrCount,
    if(outer_changes, part(5)[6], scope_schema_url) AS ScopeSchemaUrl,
    ResourceAttributes['service.name'] AS ServiceName,
    if(outer_changes, part(5)[1], name) AS MetricName,
    if(outer_changes, part(5)[2], description) AS MetricDescription,
    if(outer_changes, part(5)[3], unit) AS MetricUnit,
    CAST((if(hit, part(1), keys), if(hit, mixed(part(2), texts, words), texts)), 'Map(LowCardinality(String), String)') AS Attributes,
    fromUnixTimestamp64Nano(toInt64(if(point.start > latest, 0, point.start))) AS StartTimeUnix,
    fromUnixTimestamp64Nano(toInt64(at)) AS TimeUnix,
    point.kind AS Kind,
    point.value AS Value,
    point.flags AS Flags,
    point.count AS Count,
    point.sum AS Sum,
    point.bucket_counts AS BucketCounts,
    point.bounds AS ExplicitBounds,
    point.scale AS Scale,
    point.zero_count AS ZeroCount,
    point.positive_offset AS PositiveOffset,
    point.positive_counts AS PositiveBucketCounts,
    point.negative_offset AS NegativeOffset,
    point.negative_counts AS NegativeBucketCounts,
    point.zero_threshold AS ZeroThreshold,
    CAST(arrayZip(
        if(hit, nested(part(3), exemplar_sizes), exemplar_keys),
        if(hit, nested(mixed(part(4), arrayFlatten(exemplar_texts), arrayFlatten(exemplar_words)), exemplar_sizes), exemplar_texts)),
        'Array(Map(LowCardinality(String), String))') AS `Exemplars.FilteredAttributes`,
    arrayMap(e -> fromUnixTimestamp64Nano(toInt64(if(e < earliest OR e > latest, at, e))), point.exemplars.time_unix_nano) AS `Exemplars.TimeUnix`,
    arrayMap((d, i) -> as_number(d, i), point.exemplars.as_double, point.exemplars.as_int) AS `Exemplars.Value`,
    arrayMap(e -> as_id(e, 8), point.exemplars.span_id) AS `Exemplars.SpanId`,
    arrayMap(e -> as_id(e, 16), point.exemplars.trace_id) AS `Exemplars.TraceId`,
    point.quantiles.quantile AS `ValueAtQuantiles.Quantile`,
    point.quantiles.value AS `ValueAtQuantiles.Value`,
    point.min AS Min,
    point.max AS Max,
    point.temporality AS AggregationTemporality,
    point.monotonic != 0 AS IsMonotonic,
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
        arrayMap(e -> length(e), exemplar_keys) AS exemplar_sizes,
        if(may_hit, arrayConcat(keys, arrayMap((t, w) -> if(w, t, ''), texts, words),
            arrayFlatten(exemplar_keys), arrayMap((t, w) -> if(w, t, ''), arrayFlatten(exemplar_texts), arrayFlatten(exemplar_words)),
            outer_strings), []) AS strings,
        if(may_hit, [length(keys), length(keys), arraySum(exemplar_sizes), arraySum(exemplar_sizes),
            7, length(resource_words), length(resource_words), length(scope_words), length(scope_words)], []) AS sizes,
        arrayMap((s, n) -> s - n, arrayCumSum(sizes), sizes) AS starts
    FROM
    (
        SELECT *, outer_hit OR $gate AS may_hit FROM
        (
            SELECT * EXCEPT (points, strings_, t), point,
                received - $before_ns AS earliest,
                received + $after_ns AS latest,
                if(point.time > 0, point.time, received) AS told_at,
                told_at < earliest OR told_at > latest AS clamped,
                if(clamped, received, told_at) AS at,
                point.attributes.key AS keys,
                arrayMap(v -> as_text(v.1, v.2, v.3, v.4, v.5.1), point.attributes.value) AS texts,
                arrayMap(v -> is_words(v.1, v.5.1), point.attributes.value) AS words,
                point.exemplars.filtered_attributes.key AS exemplar_keys,
                arrayMap(e -> arrayMap(v -> as_text(v.1, v.2, v.3, v.4, v.5.1), e.value), point.exemplars.filtered_attributes) AS exemplar_texts,
                arrayMap(e -> arrayMap(v -> is_words(v.1, v.5.1), e.value), point.exemplars.filtered_attributes) AS exemplar_words,
                arrayStringConcat([arrayStringConcat(keys, '\n'), arrayStringConcat(texts, '\n'),
                    arrayStringConcat(arrayFlatten(exemplar_keys), '\n'), arrayStringConcat(arrayFlatten(exemplar_texts), '\n')], '\n') AS t
            FROM
            (
                SELECT *, $gate AS outer_hit,
                    if(outer_hit, strings_, []) AS outer_strings,
                    if(outer_hit, resource_words_, []) AS resource_words,
                    if(outer_hit, scope_words_, []) AS scope_words,
                    CAST((resource_keys, resource_texts), 'Map(LowCardinality(String), String)') AS resource_map,
                    CAST((scope_keys, scope_texts), 'Map(LowCardinality(String), String)') AS scope_map
                FROM
                (
                    SELECT * EXCEPT metrics,
                        metric.name AS name, metric.description AS description, metric.unit AS unit,
                        arrayConcat([name, description, unit, scope_name, scope_version, scope_schema_url, resource_schema_url],
                            resource_keys, arrayMap((t, w) -> if(w, t, ''), resource_texts, resource_words_),
                            scope_keys, arrayMap((t, w) -> if(w, t, ''), scope_texts, scope_words_)) AS strings_,
                        arrayStringConcat(strings_, '\n') AS t,
                        -- every kind of point in one form
                        CAST(arrayConcat(
                            arrayMap(p -> ('gauge', p.attributes, p.start_time_unix_nano, p.time_unix_nano, p.flags, p.exemplars,
                                as_number(p.as_double, p.as_int), 0, 0, no_counts, no_numbers, 0, 0, 0, 0, no_counts, 0, no_counts,
                                CAST([], $quantiles), 0, 0, 0, 0)::$point, metric.gauge.data_points),
                            arrayMap(p -> ('sum', p.attributes, p.start_time_unix_nano, p.time_unix_nano, p.flags, p.exemplars,
                                as_number(p.as_double, p.as_int), 0, 0, no_counts, no_numbers, 0, 0, 0, 0, no_counts, 0, no_counts,
                                CAST([], $quantiles), 0, 0, metric.sum.aggregation_temporality, metric.sum.is_monotonic)::$point, metric.sum.data_points),
                            arrayMap(p -> ('histogram', p.attributes, p.start_time_unix_nano, p.time_unix_nano, p.flags, p.exemplars,
                                0, p.count, p.sum, p.bucket_counts, p.explicit_bounds, 0, 0, 0, 0, no_counts, 0, no_counts,
                                CAST([], $quantiles), p.min, p.max, metric.histogram.aggregation_temporality, 0)::$point, metric.histogram.data_points),
                            arrayMap(p -> ('exponential_histogram', p.attributes, p.start_time_unix_nano, p.time_unix_nano, p.flags, p.exemplars,
                                0, p.count, p.sum, no_counts, no_numbers, p.scale, p.zero_count, p.zero_threshold, p.positive.offset, p.positive.bucket_counts,
                                p.negative.offset, p.negative.bucket_counts, CAST([], $quantiles), p.min, p.max,
                                metric.exponential_histogram.aggregation_temporality, 0)::$point, metric.exponential_histogram.data_points),
                            arrayMap(p -> ('summary', p.attributes, p.start_time_unix_nano, p.time_unix_nano, p.flags, CAST([], $exemplars),
                                0, p.count, p.sum, no_counts, no_numbers, 0, 0, 0, 0, no_counts, 0, no_counts,
                                p.quantile_values, 0, 0, 0, 0)::$point, metric.summary.data_points)), $points) AS points
                    FROM
                    (
                        SELECT tenant, received, resource_schema_url, resource_keys, resource_texts, resource_words_,
                            scope_metrics.scope.name AS scope_name, scope_metrics.scope.version AS scope_version,
                            scope_metrics.schema_url AS scope_schema_url, scope_metrics.metrics AS metrics,
                            scope_metrics.scope.dropped_attributes_count AS scope_dropped,
                            scope_metrics.scope.attributes.key AS scope_keys,
                            arrayMap(v -> as_text(v.1, v.2, v.3, v.4, v.5.1), scope_metrics.scope.attributes.value) AS scope_texts,
                            arrayMap(v -> is_words(v.1, v.5.1), scope_metrics.scope.attributes.value) AS scope_words_
                        FROM
                        (
                            SELECT tenant, received_unix_nano AS received, resource_metrics.scope_metrics AS all_scope_metrics,
                                resource_metrics.schema_url AS resource_schema_url,
                                resource_metrics.resource.attributes.key AS resource_keys,
                                arrayMap(v -> as_text(v.1, v.2, v.3, v.4, v.5.1), resource_metrics.resource.attributes.value) AS resource_texts,
                                arrayMap(v -> is_words(v.1, v.5.1), resource_metrics.resource.attributes.value) AS resource_words_
                            FROM $source ARRAY JOIN request.resource_metrics AS resource_metrics
                        )
                        ARRAY JOIN all_scope_metrics AS scope_metrics
                    )
                    ARRAY JOIN metrics AS metric
                )
            )
            ARRAY JOIN points AS point
        )
    )
)
$redacted_to
SETTINGS $settings
