-- How well the best document fitted, by source: searches in each of {steps} equal steps from 0 to 1. Other scales of
-- score (distances, BM25) do not lie between 0 and 1 and are left out.
SELECT
    if(data_source != '', data_source, span_name) AS source,
    least(toUInt8(floor(retrieval_top_score * {steps:UInt8})), {steps:UInt8} - 1) AS step,
    count() AS amount
FROM llm_calls
WHERE timestamp >= {start:DateTime64(9)} AND timestamp < {end:DateTime64(9)}
  AND operation IN ('retrieval', 'rerank') AND retrieval_top_score BETWEEN 0 AND 1
  AND ({tenant:String} = '' OR tenant = {tenant:String})
  AND ({service:String} = '' OR service = {service:String})
GROUP BY source, step
