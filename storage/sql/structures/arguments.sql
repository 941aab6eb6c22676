-- With which arguments some tools were called, as a hash; 0 where the span does not say.
SELECT SpanId AS span, if(said = '', 0, cityHash64(said)) AS arguments
FROM
(
    SELECT SpanId, arrayFirst(text -> text != '', [SpanAttributes['gen_ai.tool.call.arguments'],
        SpanAttributes['input.value'], SpanAttributes['traceloop.entity.input'], SpanAttributes['ai.toolCall.args'],
        SpanAttributes['langfuse.observation.input'], SpanAttributes['mlflow.spanInputs'],
        SpanAttributes['tool_arguments'], SpanAttributes['gen_ai.prompt']]) AS said
    FROM otel_traces
    WHERE TraceId IN {ids:Array(String)} AND SpanId IN {spans:Array(String)}
      AND Timestamp >= fromUnixTimestamp64Nano({started:Int64}) AND Timestamp <= fromUnixTimestamp64Nano({ended:Int64})
)
