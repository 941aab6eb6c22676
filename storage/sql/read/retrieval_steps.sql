-- Retrievals by step of time.
SELECT
    toDateTime(intDiv(toUnixTimestamp(timestamp), {step:UInt32}) * {step:UInt32}, 'UTC') AS at,
    count() AS calls,
    countIf(status = 'error') AS errors,
    countIf(retrieval_documents = 0) AS empty,
    countIf(retrieval_documents IS NOT NULL) AS known,
    quantile(0.5)(duration_ms) AS p50_ms,
    quantile(0.95)(duration_ms) AS p95_ms,
    avg(retrieval_top_score) AS mean_top_score
FROM llm_calls
WHERE operation = 'retrieval'
  AND timestamp >= {start:DateTime64(9)} AND timestamp < {end:DateTime64(9)}
  AND ({tenant:String} = '' OR tenant = {tenant:String})
  AND ({service:String} = '' OR service = {service:String})
GROUP BY at
ORDER BY at
