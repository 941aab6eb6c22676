-- The calls whose mark is to change, with what they then are; a mark is the number of a span's id, 0 for a call that
-- counts. What a duplicate cost is kept in its row and not counted.
SELECT * REPLACE (if(is_llm_call = 1, cost_usd, NULL) AS cost_usd),
    wanted = '' AS new_is_llm_call,
    if(wanted = '', full_cost, NULL) AS new_cost_usd
FROM
(
    SELECT *, cost_usd AS full_cost,
        transform(cityHash64(trace_id, span_id, batch_id), {keys:Array(UInt64)}, {wanted:Array(UInt64)}, toUInt64(0)) AS mark,
        if(mark = 0, '', lower(leftPad(hex(mark), 16, '0'))) AS wanted
    FROM llm_calls
    WHERE toDate(timestamp) = {day:Date}
      AND timestamp >= fromUnixTimestamp64Nano({started:Int64}) AND timestamp <= fromUnixTimestamp64Nano({ended:Int64})
      AND cityHash64(trace_id, span_id, batch_id) IN {keys:Array(UInt64)}
)
WHERE duplicate_of != wanted
