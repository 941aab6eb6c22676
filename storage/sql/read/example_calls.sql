-- What an incident is about, in each of some traces: its slowest call there, how many failed, and how.
SELECT
    trace_id,
    max(llm_calls.duration_ms) AS slowest_ms,
    countIf(status = 'error') AS failed,
    anyIf(error_type, status = 'error') AS error_type
FROM llm_calls
WHERE trace_id IN {ids:Array(String)}
  AND timestamp >= {start:DateTime64(9)} AND timestamp < {end:DateTime64(9)}
  AND ({service:String} = '' OR service = {service:String})
  AND ({model:String} = '' OR model = {model:String})
  AND ({operation:String} = '' OR operation = {operation:String})
  AND ({region:String} = '' OR region = {region:String})
GROUP BY trace_id
