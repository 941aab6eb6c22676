-- The back-scan: the recognizers run once more over every text of a sample of stored spans. Gate and template are
-- compiled from the recognizers, as for the load; what they would still mask is counted by kind and goes no further.
-- Bare numbers are left out: the store cannot tell a number from text.
SELECT count() AS sampled, countIf(notEmpty(kinds)) AS hit, sumMap(kinds, arrayMap(k -> 1, kinds)) AS by_kind,
    groupArraySortedIf(3)(TraceId, notEmpty(kinds)) AS traces
FROM
(
    SELECT TraceId, arrayFilter(k -> countEqual(found, k) > countEqual(given, k), $kinds) AS kinds
    FROM
    (
        SELECT TraceId,
            if(hit, extractAll(arrayStringConcat(arrayMap(t -> $template, texts), '\n'), $tokens), CAST([], 'Array(String)')) AS found,
            if(hit, extractAll(text, $tokens), CAST([], 'Array(String)')) AS given
        FROM
        (
            SELECT TraceId, texts, t AS text, $gate AS hit
            FROM
            (
                SELECT TraceId, texts, arrayStringConcat(texts, '\n') AS t
                FROM
                (
                    SELECT TraceId,
                        arrayFilter(x -> NOT match(x, '^[-+0-9.eE]*\\z'), arrayDistinct(arrayConcat(
                            [toString(SpanName), StatusMessage, TraceState, ScopeName, ScopeVersion],
                            arrayMap(k -> toString(k), mapKeys(ResourceAttributes)), mapValues(ResourceAttributes),
                            arrayMap(k -> toString(k), mapKeys(ScopeAttributes)), mapValues(ScopeAttributes),
                            arrayMap(k -> toString(k), mapKeys(SpanAttributes)), mapValues(SpanAttributes),
                            arrayMap(n -> toString(n), `Events.Name`),
                            arrayFlatten(arrayMap(m -> arrayConcat(arrayMap(k -> toString(k), mapKeys(m)), mapValues(m)), `Events.Attributes`)),
                            `Links.TraceState`,
                            arrayFlatten(arrayMap(m -> arrayConcat(arrayMap(k -> toString(k), mapKeys(m)), mapValues(m)), `Links.Attributes`))))) AS texts
                    FROM otel_traces
                    WHERE Timestamp >= {start:DateTime64(3)} AND Timestamp < {end:DateTime64(3)}
                      AND cityHash64(TraceId, SpanId) <= {threshold:UInt64}
                )
            )
        )
    )
)
