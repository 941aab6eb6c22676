-- Retrievals by source: how many documents they found, how often none, how well the best one fitted, how long it took.
SELECT
    if(data_source != '', data_source, span_name) AS source,
    count() AS calls,
    countIf(status = 'error') AS errors,
    countIf(retrieval_documents = 0) AS empty,
    countIf(retrieval_documents IS NOT NULL) AS known,
    sum(ifNull(retrieval_documents, 0)) AS documents,
    if(known = 0, NULL, documents / known) AS mean_documents,
    avg(retrieval_top_score) AS mean_top_score,
    quantile(0.5)(duration_ms) AS p50_ms,
    quantile(0.95)(duration_ms) AS p95_ms,
    arraySort(groupUniqArray(llm_calls.service)) AS services,
    max(timestamp) AS last_at
FROM llm_calls
WHERE operation = 'retrieval'
  AND timestamp >= {start:DateTime64(9)} AND timestamp < {end:DateTime64(9)}
  AND ({tenant:String} = '' OR tenant = {tenant:String})
  AND ({service:String} = '' OR llm_calls.service = {service:String})
GROUP BY source
ORDER BY calls DESC, source
LIMIT 200
