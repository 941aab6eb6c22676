-- The typed columns of the calls of one trace.
SELECT *
FROM llm_calls
WHERE trace_id = {trace:String} AND ({tenant:String} = '' OR tenant = {tenant:String})
  AND ({span:String} = '' OR span_id = {span:String})
ORDER BY timestamp, span_id
LIMIT {limit:UInt32}
