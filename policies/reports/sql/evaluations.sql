-- Results of evaluations that apps recorded on their spans (the OpenTelemetry GenAI event for it).
SELECT count() AS spans, groupArraySorted(3)(TraceId) AS traces
FROM otel_traces
WHERE Timestamp >= {start:DateTime64(3)} AND Timestamp < {end:DateTime64(3)}
  AND has(`Events.Name`, 'gen_ai.evaluation.result')
