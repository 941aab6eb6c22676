    -- What the load of every signal says in the same words; it stands in each behind WITH.
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
    -- the redacted words among texts, the others as they were
    (rs, ts, ws) -> arrayMap((r, t, w) -> if(w, r, t), rs, ts, ws) AS mixed,
    -- an id as text; one that is not of its size, or all zero, is none
    (id, size) -> if(length(id) = size AND id != repeat('\0', size), lower(hex(id)), '') AS as_id,
