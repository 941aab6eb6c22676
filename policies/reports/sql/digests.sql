-- Under which redaction each span of the period was stored; the statement that stores a span writes it.
SELECT PolicyDigest AS digest, RedactionPolicy AS policy, count() AS spans, countIf(notEmpty(Redactions)) AS redacted,
    min(Timestamp) AS first_at, max(Timestamp) AS last_at
FROM otel_traces
WHERE Timestamp >= {start:DateTime64(3)} AND Timestamp < {end:DateTime64(3)}
GROUP BY digest, policy
ORDER BY spans DESC, digest
