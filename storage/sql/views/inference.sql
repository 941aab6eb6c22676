-- What the metrics of inference servers mean: storage/inference says it a line a metric. A metric may tell two measures.
-- A worker is the instance that was scraped, and the rank within it where the server tells one other than 0.
CREATE MATERIALIZED VIEW inference_metrics_view TO inference_metrics COMMENT $comment AS
SELECT
    Tenant AS tenant,
    toDateTime64(TimeUnix, 3) AS at,
    line.4 AS engine,
    ServiceName AS service,
    concat(instance, if(rank IN ('', '0'), '', concat('#', rank))) AS worker,
    multiIf(Attributes['model_name'] != '', Attributes['model_name'], Attributes['model'] != '', Attributes['model'],
        Attributes['served_model_name'] != '', Attributes['served_model_name'], ResourceAttributes['gen_ai.request.model']) AS model,
    Attributes['engine_type'] AS role,
    line.5 AS measure,
    line.6 AS kind,
    cityHash64(mapSort(Attributes)) AS series,
    AggregationTemporality = 1 AS is_delta,
    line.7 * if(Kind IN ('gauge', 'sum'), Value, Sum) AS value,
    Count AS count,
    if(line.6 = 'histogram', arrayMap(bound -> bound * line.7, ExplicitBounds), []) AS bounds,
    if(line.6 = 'histogram', BucketCounts, []) AS buckets,
    BatchId AS batch_id,
    IngestedAt AS ingested_at
FROM
(
    SELECT *,
        replaceRegexpOne(replaceAll(toString(MetricName), ':', '_'), '_total$', '') AS name,
        multiIf(ResourceAttributes['service.instance.id'] != '', ResourceAttributes['service.instance.id'],
            Attributes['instance'] != '', Attributes['instance'],
            ResourceAttributes['k8s.pod.name'] != '', ResourceAttributes['k8s.pod.name'],
            ResourceAttributes['host.name']) AS instance,
        multiIf(Attributes['engine'] != '', Attributes['engine'], Attributes['dp_rank'] != '', Attributes['dp_rank'],
            Attributes['worker_id']) AS rank
    FROM metric_points
    WHERE has($inference_names, name) AND bitAnd(Flags, 1) = 0
)
ARRAY JOIN arrayFilter(line -> line.1 = name AND (line.2 = '' OR Attributes[line.2] = line.3)
    AND has(multiIf(line.6 = 'histogram' OR line.8 = 'sum', ['histogram', 'exponential_histogram', 'summary'],
        line.6 = 'counter', ['sum'], ['gauge', 'sum']), Kind), $inference_lines) AS line
