-- Retrievals that found nothing or failed, the newest first, or those that took the longest.
SELECT
    trace_id, span_id, timestamp AS at, if(data_source != '', data_source, span_name) AS source, service, duration_ms,
    CAST(status = 'error', 'Bool') AS failed, retrieval_documents AS documents
FROM llm_calls
WHERE operation = 'retrieval'
  AND timestamp >= {start:DateTime64(9)} AND timestamp < {end:DateTime64(9)}
  AND ({tenant:String} = '' OR tenant = {tenant:String})
  AND ({service:String} = '' OR service = {service:String})
  AND ({source:String} = '' OR source = {source:String})
  AND ({kind:String} != 'empty' OR retrieval_documents = 0)
  AND ({kind:String} != 'failed' OR status = 'error')
ORDER BY if({kind:String} = 'slow', duration_ms, toFloat64(toUnixTimestamp64Milli(timestamp))) DESC, span_id
LIMIT 20
