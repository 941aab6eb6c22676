-- The attributes of a closed segment in which a policy's outputs keep their text, before redaction.
SELECT tenant, trace_id, span_id, kept.key AS keys, arrayMap(s -> ifNull(s, ''), kept.value.string_value) AS texts
FROM
(
    SELECT tenant, lower(hex(span.trace_id)) AS trace_id, lower(hex(span.span_id)) AS span_id,
        arrayFilter(a -> $is_text, span.attributes) AS kept
    FROM
    (
        SELECT tenant, arrayJoin(arrayJoin(arrayJoin(request.resource_spans).scope_spans).spans) AS span FROM $source
    )
)
WHERE notEmpty(kept) AND (tenant, trace_id, span_id) IN (SELECT tenant, trace_id, span_id FROM ($outputs))
SETTINGS $settings
