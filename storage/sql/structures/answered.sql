-- The traces that hold a call with one of these answers' ids.
SELECT DISTINCT tenant, response_id, trace_id, cityHash64(tenant, trace_id) AS trace
FROM llm_calls
WHERE response_id IN {ids:Array(String)}
  AND timestamp >= fromUnixTimestamp64Nano({started:Int64}) AND timestamp <= fromUnixTimestamp64Nano({ended:Int64})
