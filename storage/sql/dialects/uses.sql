-- Counts the attributes of the spans that came in from start to end. Spans with the same attributes are counted as one
-- first: only their names are read.
INSERT INTO attribute_uses
SELECT tenant, day, service, scope, $dialect AS dialect, key, sum(n) AS spans, max(last) AS last_at
FROM
(
    SELECT Tenant AS tenant, toDate(Timestamp) AS day, ServiceName AS service, ScopeName,
        left(ScopeName, 200) AS scope, any(SpanAttributes.keys) AS keys_, count() AS n, max(IngestedAt) AS last,
        $scope AS scope_
    FROM otel_traces
    WHERE IngestedAt >= {start:DateTime64(3)} AND IngestedAt < {end:DateTime64(3)}
    GROUP BY tenant, day, service, ScopeName, cityHash64(SpanAttributes.keys)
)
-- A row without a name counts the spans themselves.
ARRAY JOIN arrayDistinct(arrayPushFront(
    arrayMap(k -> left(replaceRegexpAll(toString(k), '[.][0-9]+\\b', '.N'), 200), keys_), '')) AS key
GROUP BY tenant, day, service, scope, dialect, key
ORDER BY spans DESC
LIMIT 20000
SETTINGS max_threads = 1, max_insert_threads = 1, insert_deduplication_token = {token:String}
