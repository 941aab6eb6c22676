-- The token ids that a closed segment holds for a policy's outputs. They stand nowhere else: the load drops them.
-- ``trouble`` says why ids cannot be scored; then the list is empty.
SELECT tenant, trace_id, span_id,
    multiIf(
        length(given) > 1, 'the token ids are given more than once',
        empty(items), 'the token ids are no array of whole numbers',
        length(items) > {most_ids:UInt64}, 'more token ids than are scored',
        arrayExists(i -> i IS NULL OR assumeNotNull(i) < 0 OR assumeNotNull(i) > 4294967295, items), 'a token id is a whole number from 0 to 4294967295',
        '') AS trouble,
    length(items) AS amount,
    CAST(if(trouble = '', arrayMap(i -> assumeNotNull(i), items), []), 'Array(UInt32)') AS ids
FROM
(
    SELECT tenant, lower(hex(span.trace_id)) AS trace_id, lower(hex(span.span_id)) AS span_id,
        arrayFilter(a -> a.key = 'spanwarden.output.token_ids', span.attributes) AS given,
        given[1].value.array_value.values.int_value AS items
    FROM
    (
        SELECT tenant, arrayJoin(arrayJoin(arrayJoin(request.resource_spans).scope_spans).spans) AS span FROM $source
    )
    WHERE has(span.attributes.key, 'spanwarden.output.token_ids')
)
WHERE (tenant, trace_id, span_id) IN (SELECT tenant, trace_id, span_id FROM ($outputs))
SETTINGS $settings
