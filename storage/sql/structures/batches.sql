-- The batches that came in since a time: how many spans of each and how many calls are there by now, and when the first.
SELECT batch, sum(spans) AS spans, sum(calls) AS calls, min(first_at) AS first_at
FROM
(
    SELECT toString(BatchId) AS batch, count() AS spans, 0 AS calls, min(IngestedAt) AS first_at
    FROM otel_traces
    WHERE IngestedAt >= {since:DateTime64(3)}
    GROUP BY batch
    UNION ALL
    SELECT toString(batch_id) AS batch, 0 AS spans, count() AS calls, min(ingested_at) AS first_at
    FROM llm_calls
    WHERE ingested_at >= {since:DateTime64(3)}
    GROUP BY batch
)
GROUP BY batch
ORDER BY first_at, batch
