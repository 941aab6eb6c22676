-- Structures above the span. A job computes a trace anew from all of its spans whenever some arrive, and writes its rows
-- again: the newest version of a key counts. Read with FINAL.
--
-- trace_index: where in time a trace's spans lie, so that they are found without a scan. trace = cityHash64(tenant, id).
CREATE TABLE trace_index
(
    trace UInt64,
    tenant LowCardinality(String),
    started_at DateTime64(9) CODEC(ZSTD(1)),
    ended_at DateTime64(9) CODEC(ZSTD(1)),
    spans UInt64 CODEC(ZSTD(1)),
    version UInt64 CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
ORDER BY trace
SETTINGS index_granularity = 256, {durable};

-- trace_summaries: one row a trace, with its edges between services. A trace whose start moves to another hour leaves a
-- deleted row under the old key.
CREATE TABLE trace_summaries
(
    tenant LowCardinality(String),
    trace_id String CODEC(ZSTD(1)),
    started_at DateTime64(9) CODEC(Delta, ZSTD(1)),
    ended_at DateTime64(9) CODEC(Delta, ZSTD(1)),
    duration_ms Float64 CODEC(ZSTD(1)),
    root_name LowCardinality(String),
    root_service LowCardinality(String),
    root_kind LowCardinality(String),
    root_operation LowCardinality(String),
    roots UInt32 CODEC(ZSTD(1)),
    complete UInt8,
    spans UInt32 CODEC(ZSTD(1)),
    services Array(LowCardinality(String)) CODEC(ZSTD(1)),
    depth UInt32 CODEC(ZSTD(1)),
    width UInt32 CODEC(ZSTD(1)),
    critical_ms Float64 CODEC(ZSTD(1)),
    critical_spans UInt32 CODEC(ZSTD(1)),
    critical_model_ms Float64 CODEC(ZSTD(1)),
    critical_tool_ms Float64 CODEC(ZSTD(1)),
    critical_retrieval_ms Float64 CODEC(ZSTD(1)),
    model_calls UInt32 CODEC(ZSTD(1)),
    failed_model_calls UInt32 CODEC(ZSTD(1)),
    slowest_model_ms Float64 CODEC(ZSTD(1)),
    duplicates UInt32 CODEC(ZSTD(1)),
    tool_calls UInt32 CODEC(ZSTD(1)),
    retrievals UInt32 CODEC(ZSTD(1)),
    agent_runs UInt32 CODEC(ZSTD(1)),
    agents Array(LowCardinality(String)) CODEC(ZSTD(1)),
    models Array(LowCardinality(String)) CODEC(ZSTD(1)),
    tokens_in Int64 CODEC(ZSTD(1)),
    tokens_out Int64 CODEC(ZSTD(1)),
    tokens_cached Int64 CODEC(ZSTD(1)),
    cost_usd Float64 CODEC(ZSTD(1)),
    errors UInt32 CODEC(ZSTD(1)),
    status LowCardinality(String),
    error_type LowCardinality(String),
    redactions UInt64 CODEC(ZSTD(1)),
    session_id String CODEC(ZSTD(1)),
    user_id String CODEC(ZSTD(1)),
    environment LowCardinality(String),
    `edges.caller` Array(LowCardinality(String)) CODEC(ZSTD(1)),
    `edges.callee` Array(LowCardinality(String)) CODEC(ZSTD(1)),
    `edges.kind` Array(LowCardinality(String)) CODEC(ZSTD(1)),
    `edges.calls` Array(UInt32) CODEC(ZSTD(1)),
    `edges.errors` Array(UInt32) CODEC(ZSTD(1)),
    `edges.client_calls` Array(UInt32) CODEC(ZSTD(1)),
    `edges.client_ms` Array(Float64) CODEC(ZSTD(1)),
    `edges.server_calls` Array(UInt32) CODEC(ZSTD(1)),
    `edges.server_ms` Array(Float64) CODEC(ZSTD(1)),
    `edges.max_ms` Array(Float64) CODEC(ZSTD(1)),
    version UInt64 CODEC(ZSTD(1)),
    deleted UInt8,
    INDEX idx_session session_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX idx_user user_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version, deleted)
PARTITION BY toDate(started_at)
ORDER BY (tenant, toStartOfHour(started_at), trace_id)
SETTINGS ttl_only_drop_parts = 1, {durable};

-- agent_runs: one row an invocation of an agent or a workflow, with what it called itself: tools, models, retrievals.
-- A span that only wraps another instrumentation's span of the same run is a deleted row.
CREATE TABLE agent_runs
(
    tenant LowCardinality(String),
    trace_id String CODEC(ZSTD(1)),
    span_id String CODEC(ZSTD(1)),
    started_at DateTime64(9) CODEC(Delta, ZSTD(1)),
    duration_ms Float64 CODEC(ZSTD(1)),
    agent LowCardinality(String),
    kind LowCardinality(String),
    service LowCardinality(String),
    parent_run String CODEC(ZSTD(1)),
    parent_agent LowCardinality(String),
    status LowCardinality(String),
    error_type LowCardinality(String),
    model_calls UInt32 CODEC(ZSTD(1)),
    tool_calls UInt32 CODEC(ZSTD(1)),
    retrievals UInt32 CODEC(ZSTD(1)),
    handoffs UInt32 CODEC(ZSTD(1)),
    tokens_in Int64 CODEC(ZSTD(1)),
    tokens_out Int64 CODEC(ZSTD(1)),
    cost_usd Float64 CODEC(ZSTD(1)),
    loop_tool LowCardinality(String),
    loop_calls UInt32 CODEC(ZSTD(1)),
    session_id String CODEC(ZSTD(1)),
    user_id String CODEC(ZSTD(1)),
    `called.kind` Array(LowCardinality(String)) CODEC(ZSTD(1)),
    `called.name` Array(LowCardinality(String)) CODEC(ZSTD(1)),
    `called.calls` Array(UInt32) CODEC(ZSTD(1)),
    `called.errors` Array(UInt32) CODEC(ZSTD(1)),
    `called.ms` Array(Float64) CODEC(ZSTD(1)),
    `called.cost_usd` Array(Float64) CODEC(ZSTD(1)),
    version UInt64 CODEC(ZSTD(1)),
    deleted UInt8
)
ENGINE = ReplacingMergeTree(version, deleted)
PARTITION BY toDate(started_at)
ORDER BY (tenant, toStartOfHour(started_at), trace_id, span_id)
SETTINGS ttl_only_drop_parts = 1, {durable};

-- A call that stacked instrumentations wrote twice is marked by a lightweight UPDATE, which names rows by their block.
ALTER TABLE llm_calls MODIFY SETTING enable_block_number_column = 1, enable_block_offset_column = 1;
