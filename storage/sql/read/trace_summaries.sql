-- Each of some traces in one row. The root is the span without a parent, else the first one.
SELECT
    spans.TraceId AS trace_id, began, duration_ms, root_name, root_service, root_status, amount, failed, masked,
    calls, models, tokens_in, tokens_out, cost, session, user, slowest_ms
FROM (
    SELECT
        TraceId,
        min(Timestamp) AS began,
        (max(toUnixTimestamp64Nano(Timestamp) + toInt64(Duration)) - min(toUnixTimestamp64Nano(Timestamp))) / 1e6 AS duration_ms,
        argMin(SpanName, (ParentSpanId != '', Timestamp)) AS root_name,
        argMin(ServiceName, (ParentSpanId != '', Timestamp)) AS root_service,
        argMin(StatusCode, (ParentSpanId != '', Timestamp)) AS root_status,
        count() AS amount,
        countIf(StatusCode = 'Error') AS failed,
        sum(arraySum(mapValues(Redactions))) AS masked
    FROM otel_traces
    WHERE TraceId IN {ids:Array(String)}
      AND Timestamp >= {start:DateTime64(9)} AND Timestamp < {end:DateTime64(9)}
    GROUP BY TraceId
) AS spans
LEFT JOIN (
    SELECT
        trace_id,
        countIf(is_llm_call) AS calls,
        groupUniqArrayIf(4)(model, is_llm_call AND model != '') AS models,
        sumIf(input_tokens, is_llm_call) AS tokens_in,
        sumIf(output_tokens, is_llm_call) AS tokens_out,
        sumIf(cost_usd, is_llm_call) AS cost,
        max(session_id) AS session,
        max(user_id) AS user,
        maxIf(duration_ms, is_llm_call) AS slowest_ms
    FROM llm_calls
    WHERE trace_id IN {ids:Array(String)}
      AND timestamp >= {start:DateTime64(9)} AND timestamp < {end:DateTime64(9)}
    GROUP BY trace_id
) AS calls ON spans.TraceId = calls.trace_id
ORDER BY began DESC, trace_id DESC
