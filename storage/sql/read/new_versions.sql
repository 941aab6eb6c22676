-- Versions of a service that were first seen in the window while another version ran before it.
SELECT service, service_version, min(timestamp) AS since, count() AS calls
FROM llm_calls
WHERE timestamp >= {was_start:DateTime64(3)} AND timestamp < {end:DateTime64(3)} AND service_version != ''
  AND ({tenant:String} = '' OR tenant = {tenant:String})
  AND ({service:String} = '' OR service = {service:String})
GROUP BY service, service_version
HAVING since >= {start:DateTime64(3)}
   AND service IN (
       SELECT service FROM llm_calls
       WHERE timestamp >= {was_start:DateTime64(3)} AND timestamp < {start:DateTime64(3)} AND service_version != ''
   )
ORDER BY since DESC
LIMIT 5
