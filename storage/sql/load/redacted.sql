-- The redaction, the same for every signal, around what gives each row the array strings of all its words. Here come
-- redacted, the same array as it may be stored, hit, whether anything changed, and the tokens found and given.
(
    SELECT *, hit AND outer_hit AS outer_changes,
        if(hit, arrayMap((s, f, n) -> if(f, cleaned[n], s), strings, suspicions, arrayCumSum(suspicions)), []) AS redacted,
        if(hit, extractAll(arrayStringConcat(cleaned, '\n'), $token_pattern), []) AS found,
        if(hit, extractAll(arrayStringConcat(suspects, '\n'), $token_pattern), []) AS given
    FROM
    (
        SELECT *, cleaned != suspects AS hit FROM
        (
            SELECT *, arrayMap(t -> $template, suspects) AS cleaned FROM
            (
                SELECT *, arrayMap(t -> $gate, strings) AS suspicions, arrayFilter((s, f) -> f, strings, suspicions) AS suspects FROM
                $strings
            )
        )
    )
)
