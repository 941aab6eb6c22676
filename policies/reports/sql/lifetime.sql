-- Everything that was ever counted on its way in, and what of it is stored now.
SELECT counted.spans AS counted, stored.spans AS stored
FROM (SELECT sum(spans) AS spans FROM spans_1m) AS counted
CROSS JOIN (SELECT count() AS spans FROM otel_traces) AS stored
