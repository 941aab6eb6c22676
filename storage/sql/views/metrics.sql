-- Each kind of data point into its own table, out of what a segment of metrics was decoded into.
CREATE MATERIALIZED VIEW otel_metrics_gauge_view TO otel_metrics_gauge COMMENT $comment AS
SELECT $gauge_columns FROM metric_points WHERE Kind = 'gauge';

CREATE MATERIALIZED VIEW otel_metrics_sum_view TO otel_metrics_sum COMMENT $comment AS
SELECT $sum_columns FROM metric_points WHERE Kind = 'sum';

CREATE MATERIALIZED VIEW otel_metrics_histogram_view TO otel_metrics_histogram COMMENT $comment AS
SELECT $histogram_columns FROM metric_points WHERE Kind = 'histogram';

CREATE MATERIALIZED VIEW otel_metrics_exponential_histogram_view TO otel_metrics_exponential_histogram COMMENT $comment AS
SELECT $exponential_histogram_columns FROM metric_points WHERE Kind = 'exponential_histogram';

CREATE MATERIALIZED VIEW otel_metrics_summary_view TO otel_metrics_summary COMMENT $comment AS
SELECT $summary_columns FROM metric_points WHERE Kind = 'summary';

-- What was replaced in data points counts with what was in spans.
CREATE MATERIALIZED VIEW metric_redactions_view TO redactions_1m COMMENT $comment AS
SELECT Tenant AS tenant, toStartOfMinute(toDateTime(TimeUnix)) AS minute, ServiceName AS service, kind, sum(amount) AS redacted
FROM (SELECT Tenant, TimeUnix, ServiceName, Redactions FROM metric_points WHERE notEmpty(Redactions))
ARRAY JOIN mapKeys(Redactions) AS kind, mapValues(Redactions) AS amount
GROUP BY tenant, minute, service, kind
