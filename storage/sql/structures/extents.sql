-- Where the spans of some traces lay when they were last computed.
SELECT trace, toUnixTimestamp64Nano(started_at) AS started, toUnixTimestamp64Nano(ended_at) AS ended, spans
FROM trace_index FINAL
WHERE trace IN {traces:Array(UInt64)}
