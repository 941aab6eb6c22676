-- otel_traces: the columns of the OpenTelemetry Collector's ClickHouse exporter, in its order, so that Grafana and
-- HyperDX read it; our own columns follow. The deduplication window makes a repeated load change nothing.
CREATE TABLE otel_traces
(
    Timestamp DateTime64(9) CODEC(Delta, ZSTD(1)),
    TraceId String CODEC(ZSTD(1)),
    SpanId String CODEC(ZSTD(1)),
    ParentSpanId String CODEC(ZSTD(1)),
    TraceState String CODEC(ZSTD(1)),
    SpanName LowCardinality(String) CODEC(ZSTD(1)),
    SpanKind LowCardinality(String) CODEC(ZSTD(1)),
    ServiceName LowCardinality(String) CODEC(ZSTD(1)),
    ResourceAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    ScopeName String CODEC(ZSTD(1)),
    ScopeVersion String CODEC(ZSTD(1)),
    SpanAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    Duration UInt64 CODEC(ZSTD(1)),
    StatusCode LowCardinality(String) CODEC(ZSTD(1)),
    StatusMessage String CODEC(ZSTD(1)),
    `Events.Timestamp` Array(DateTime64(9)) CODEC(ZSTD(1)),
    `Events.Name` Array(LowCardinality(String)) CODEC(ZSTD(1)),
    `Events.Attributes` Array(Map(LowCardinality(String), String)) CODEC(ZSTD(1)),
    `Links.TraceId` Array(String) CODEC(ZSTD(1)),
    `Links.SpanId` Array(String) CODEC(ZSTD(1)),
    `Links.TraceState` Array(String) CODEC(ZSTD(1)),
    `Links.Attributes` Array(Map(LowCardinality(String), String)) CODEC(ZSTD(1)),
    ScopeAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    Tenant LowCardinality(String) CODEC(ZSTD(1)),
    BatchId LowCardinality(String) CODEC(ZSTD(1)),
    IngestedAt DateTime64(3) CODEC(Delta, ZSTD(1)),
    Redactions Map(LowCardinality(String), UInt32) CODEC(ZSTD(1)),
    RedactionPolicy LowCardinality(String) CODEC(ZSTD(1)),
    PolicyDigest LowCardinality(String) CODEC(ZSTD(1)),
    TimeClamped UInt8 CODEC(ZSTD(1)),
    DroppedAttributesCount UInt32 CODEC(ZSTD(1)),
    DroppedEventsCount UInt32 CODEC(ZSTD(1)),
    DroppedLinksCount UInt32 CODEC(ZSTD(1)),
    Flags UInt32 CODEC(ZSTD(1)),
    SchemaUrl LowCardinality(String) CODEC(ZSTD(1)),
    INDEX idx_trace_id TraceId TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX idx_batch_id BatchId TYPE set(64) GRANULARITY 4,
    INDEX idx_ingested IngestedAt TYPE minmax GRANULARITY 1,
    INDEX idx_duration Duration TYPE minmax GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toDate(Timestamp)
ORDER BY (ServiceName, SpanName, toDateTime(Timestamp))
SETTINGS ttl_only_drop_parts = 1, {durable};

-- llm_calls: one row a model, tool, retrieval or agent call, typed; fed from otel_traces on the way in.
CREATE TABLE llm_calls
(
    timestamp DateTime64(9) CODEC(Delta, ZSTD(1)),
    trace_id String CODEC(ZSTD(1)),
    span_id String CODEC(ZSTD(1)),
    parent_span_id String CODEC(ZSTD(1)),
    span_name LowCardinality(String),
    tenant LowCardinality(String),
    batch_id LowCardinality(String),
    ingested_at DateTime64(3) CODEC(Delta, ZSTD(1)),
    service LowCardinality(String),
    service_version LowCardinality(String),
    environment LowCardinality(String),
    region LowCardinality(String),
    dialect LowCardinality(String),
    operation LowCardinality(String),
    provider LowCardinality(String),
    request_model LowCardinality(String),
    response_model LowCardinality(String),
    model LowCardinality(String),
    response_id String CODEC(ZSTD(1)),
    session_id String CODEC(ZSTD(1)),
    user_id String CODEC(ZSTD(1)),
    agent_name LowCardinality(String),
    workflow_name LowCardinality(String),
    tool_name LowCardinality(String),
    prompt_name LowCardinality(String),
    prompt_version LowCardinality(String),
    server_address LowCardinality(String),
    input_tokens Nullable(Int64) CODEC(ZSTD(1)),
    output_tokens Nullable(Int64) CODEC(ZSTD(1)),
    total_tokens Nullable(Int64) CODEC(ZSTD(1)),
    cache_read_tokens Nullable(Int64) CODEC(ZSTD(1)),
    cache_write_tokens Nullable(Int64) CODEC(ZSTD(1)),
    reasoning_tokens Nullable(Int64) CODEC(ZSTD(1)),
    cost_usd Nullable(Float64) CODEC(ZSTD(1)),
    cost_source LowCardinality(String),
    duration_ms Float64 CODEC(ZSTD(1)),
    ttft_ms Nullable(Float64) CODEC(ZSTD(1)),
    ttft_source LowCardinality(String),
    is_stream UInt8,
    finish_reason LowCardinality(String),
    error_type LowCardinality(String),
    status LowCardinality(String),
    is_llm_call UInt8,
    has_content UInt8,
    declared_mark LowCardinality(String),
    redactions UInt32,
    INDEX idx_trace_id trace_id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX idx_batch_id batch_id TYPE set(64) GRANULARITY 4,
    INDEX idx_ingested ingested_at TYPE minmax GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toDate(timestamp)
ORDER BY (tenant, service, toStartOfMinute(timestamp), model)
SETTINGS ttl_only_drop_parts = 1, {durable};

-- calls_1m: what charts and detectors read; sums, sums of logarithms (so that latency can be regressed on output
-- length after merging) and DDSketch quantiles (Masson, Rim, Lee: VLDB 2019), all mergeable.
CREATE TABLE calls_1m
(
    tenant LowCardinality(String),
    minute DateTime CODEC(Delta, ZSTD(1)),
    service LowCardinality(String),
    model LowCardinality(String),
    operation LowCardinality(String),
    region LowCardinality(String),
    target LowCardinality(String),
    status LowCardinality(String),
    calls SimpleAggregateFunction(sum, UInt64),
    llm_calls SimpleAggregateFunction(sum, UInt64),
    input_tokens SimpleAggregateFunction(sum, Int64),
    output_tokens SimpleAggregateFunction(sum, Int64),
    cache_read_tokens SimpleAggregateFunction(sum, Int64),
    reasoning_tokens SimpleAggregateFunction(sum, Int64),
    cost_usd SimpleAggregateFunction(sum, Float64),
    redactions SimpleAggregateFunction(sum, UInt64),
    duration_ms_sum SimpleAggregateFunction(sum, Float64),
    output_known SimpleAggregateFunction(sum, UInt64),
    log_duration_sum SimpleAggregateFunction(sum, Float64),
    log_duration_sq_sum SimpleAggregateFunction(sum, Float64),
    log_duration_known_sum SimpleAggregateFunction(sum, Float64),
    log_duration_known_sq_sum SimpleAggregateFunction(sum, Float64),
    log_output_sum SimpleAggregateFunction(sum, Float64),
    log_output_sq_sum SimpleAggregateFunction(sum, Float64),
    log_duration_output_sum SimpleAggregateFunction(sum, Float64),
    ttft_calls SimpleAggregateFunction(sum, UInt64),
    log_ttft_sum SimpleAggregateFunction(sum, Float64),
    log_ttft_sq_sum SimpleAggregateFunction(sum, Float64),
    duration_sketch AggregateFunction(quantilesDD(0.01, 0.5, 0.9, 0.95, 0.99), Float64),
    ttft_sketch AggregateFunction(quantilesDD(0.01, 0.5, 0.9, 0.95, 0.99), Float64)
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(minute)
ORDER BY (tenant, minute, service, model, operation, region, target, status)
SETTINGS {durable};

CREATE TABLE errors_1m
(
    tenant LowCardinality(String),
    minute DateTime CODEC(Delta, ZSTD(1)),
    service LowCardinality(String),
    model LowCardinality(String),
    operation LowCardinality(String),
    region LowCardinality(String),
    error_type LowCardinality(String),
    calls SimpleAggregateFunction(sum, UInt64)
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(minute)
ORDER BY (tenant, minute, service, model, operation, region, error_type)
SETTINGS {durable};

CREATE TABLE spans_1m
(
    tenant LowCardinality(String),
    minute DateTime CODEC(Delta, ZSTD(1)),
    service LowCardinality(String),
    span_kind LowCardinality(String),
    status LowCardinality(String),
    spans SimpleAggregateFunction(sum, UInt64)
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(minute)
ORDER BY (tenant, minute, service, span_kind, status)
SETTINGS {durable};

CREATE TABLE redactions_1m
(
    tenant LowCardinality(String),
    minute DateTime CODEC(Delta, ZSTD(1)),
    service LowCardinality(String),
    kind LowCardinality(String),
    redacted SimpleAggregateFunction(sum, UInt64)
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(minute)
ORDER BY (tenant, minute, service, kind)
SETTINGS {durable};

-- What follows is said again whenever it is computed again: the newest version of an id counts. Read with FINAL.
CREATE TABLE findings
(
    id String,
    tenant LowCardinality(String),
    kind LowCardinality(String),
    source LowCardinality(String),
    version LowCardinality(String),
    signal LowCardinality(String),
    scope Map(LowCardinality(String), String),
    at DateTime64(3),
    observed Float64,
    expected Float64,
    unit LowCardinality(String),
    score Float64,
    threshold Float64,
    p_value Nullable(Float64),
    explanation String CODEC(ZSTD(1)),
    trace_id String,
    span_id String,
    version_ns UInt64
)
ENGINE = ReplacingMergeTree(version_ns)
ORDER BY (tenant, id)
SETTINGS {durable};

CREATE TABLE policy_decisions
(
    decision_id String,
    tenant LowCardinality(String),
    at DateTime64(3),
    trace_id String,
    span_id String,
    service LowCardinality(String),
    model LowCardinality(String),
    policy_id LowCardinality(String),
    version LowCardinality(String),
    digest LowCardinality(String),
    check_id LowCardinality(String),
    stage LowCardinality(String),
    action LowCardinality(String),
    verdict LowCardinality(String),
    reason LowCardinality(String),
    severity LowCardinality(String),
    entities Map(LowCardinality(String), UInt32),
    score Nullable(Float64),
    p_value Nullable(Float64),
    tokens_scored UInt32,
    evidence String CODEC(ZSTD(1)),
    batch_id LowCardinality(String),
    version_ns UInt64
)
ENGINE = ReplacingMergeTree(version_ns)
PARTITION BY toYYYYMM(at)
ORDER BY (tenant, policy_id, at, decision_id)
SETTINGS {durable};

CREATE TABLE incidents
(
    id String,
    tenant LowCardinality(String),
    state LowCardinality(String),
    severity LowCardinality(String),
    signal LowCardinality(String),
    title String,
    scope Map(LowCardinality(String), String),
    started_at DateTime64(3),
    detected_at DateTime64(3),
    peak_at DateTime64(3),
    ended_at Nullable(DateTime64(3)),
    body String CODEC(ZSTD(1)),
    deleted UInt8,
    version_ns UInt64
)
ENGINE = ReplacingMergeTree(version_ns)
ORDER BY (tenant, id)
SETTINGS {durable};
