is_llm_call = transform(cityHash64(trace_id, span_id, batch_id), {keys:Array(UInt64)}, {wanted:Array(UInt64)}, toUInt64(0)) = 0,
duplicate_of = if(transform(cityHash64(trace_id, span_id, batch_id), {keys:Array(UInt64)}, {wanted:Array(UInt64)}, toUInt64(0)) = 0, '',
    lower(leftPad(hex(transform(cityHash64(trace_id, span_id, batch_id), {keys:Array(UInt64)}, {wanted:Array(UInt64)}, toUInt64(0))), 16, '0')))
WHERE toDate(timestamp) = {day:Date}
  AND timestamp >= fromUnixTimestamp64Nano({started:Int64}) AND timestamp <= fromUnixTimestamp64Nano({ended:Int64})
  AND cityHash64(trace_id, span_id, batch_id) IN {keys:Array(UInt64)}
