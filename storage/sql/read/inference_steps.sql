-- Some measures of each worker over time, a row a step: gauges as their mean, times as the mean of the requests between
-- two points. A fall is a server that started anew, and counts from zero.
SELECT
    worker, measure, toStartOfInterval(at, toIntervalSecond({step:UInt32})) AS step_at,
    if(any(kind) = 'gauge', avg(value), sum(rise) / nullIf(sum(times), 0)) AS figure
FROM
(
    SELECT
        worker, measure, kind, at, value,
        multiIf(is_delta, value, row_number() OVER along = 1, 0, count < before_count, value, value - before_value) AS rise,
        multiIf(is_delta, count, row_number() OVER along = 1, toUInt64(0), count < before_count, count, toUInt64(count - before_count)) AS times,
        lagInFrame(value) OVER along AS before_value,
        lagInFrame(count) OVER along AS before_count
    FROM inference_metrics
    WHERE at >= {start:DateTime} AND at < {end:DateTime} AND measure IN {measures:Array(String)}
      AND ({tenant:String} = '' OR tenant = {tenant:String})
      AND ({service:String} = '' OR service = {service:String})
      AND ({model:String} = '' OR model = {model:String})
    WINDOW along AS (PARTITION BY tenant, engine, service, worker, model, measure, series ORDER BY at
        ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
)
GROUP BY worker, measure, step_at
HAVING isFinite(figure)
ORDER BY worker, measure, step_at
