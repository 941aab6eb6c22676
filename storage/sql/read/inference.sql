-- What each worker of an inference server measured in a window, a row a measure.
--
-- Gauges: now, mean and greatest. Counters: how much they rose along each series; a fall is a server that started anew,
-- and counts from zero. Histograms: the same for their sum, their count and each bucket.
SELECT
    engine, service, worker, model, any(role) AS its_role, measure, kind,
    max(at) AS last_at,
    argMax(value, at) AS now,
    avg(value) AS mean,
    max(value) AS most,
    sum(if(is_delta, value, if(fell OR first, if(fell, value, 0), value - before_value))) AS rise,
    sum(if(is_delta, count, if(fell OR first, if(fell, count, toUInt64(0)), toUInt64(count - before_count)))) AS times,
    any(bounds) AS limits,
    sumForEach(if(is_delta, buckets, if(fell OR first, arrayMap(b -> if(fell, b, toUInt64(0)), buckets),
        arrayMap((b, was) -> if(b >= was, toUInt64(b - was), b), buckets, before_buckets)))) AS filled
FROM
(
    SELECT *,
        row_number() OVER series_by_time = 1 AS first,
        lagInFrame(value) OVER series_by_time AS before_value,
        lagInFrame(count) OVER series_by_time AS before_count,
        arrayResize(lagInFrame(buckets) OVER series_by_time, length(buckets)) AS before_buckets,
        NOT first AND if(kind = 'histogram', count < before_count, value < before_value) AS fell
    FROM inference_metrics
    WHERE at >= {start:DateTime} AND at < {end:DateTime}
      AND ({tenant:String} = '' OR tenant = {tenant:String})
      AND ({service:String} = '' OR service = {service:String})
      AND ({model:String} = '' OR model = {model:String})
    WINDOW series_by_time AS (PARTITION BY tenant, engine, service, worker, model, measure, series ORDER BY at
        ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
)
GROUP BY engine, service, worker, model, measure, kind
ORDER BY engine, service, worker, model, measure
LIMIT 20000
