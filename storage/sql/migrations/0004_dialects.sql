-- What the other dialects say about a call: serving stacks' times, tools, retrieval, MCP, guardrails, evaluations, who pays.
ALTER TABLE llm_calls
    ADD COLUMN server_port Nullable(UInt16) CODEC(ZSTD(1)),
    ADD COLUMN model_region LowCardinality(String),
    ADD COLUMN team LowCardinality(String),
    ADD COLUMN api_key LowCardinality(String),
    ADD COLUMN agent_id String CODEC(ZSTD(1)),
    ADD COLUMN agent_version LowCardinality(String),
    ADD COLUMN tags LowCardinality(String),
    ADD COLUMN cache_write_1h_tokens Nullable(Int64) CODEC(ZSTD(1)),
    ADD COLUMN audio_input_tokens Nullable(Int64) CODEC(ZSTD(1)),
    ADD COLUMN audio_output_tokens Nullable(Int64) CODEC(ZSTD(1)),
    ADD COLUMN service_tier LowCardinality(String),
    ADD COLUMN system_fingerprint LowCardinality(String),
    ADD COLUMN response_cache_hit UInt8,
    ADD COLUMN cost_input_usd Nullable(Float64) CODEC(ZSTD(1)),
    ADD COLUMN cost_output_usd Nullable(Float64) CODEC(ZSTD(1)),
    ADD COLUMN price_id LowCardinality(String),
    ADD COLUMN queue_ms Nullable(Float64) CODEC(ZSTD(1)),
    ADD COLUMN prefill_ms Nullable(Float64) CODEC(ZSTD(1)),
    ADD COLUMN decode_ms Nullable(Float64) CODEC(ZSTD(1)),
    ADD COLUMN inference_ms Nullable(Float64) CODEC(ZSTD(1)),
    ADD COLUMN e2e_ms Nullable(Float64) CODEC(ZSTD(1)),
    ADD COLUMN tpot_ms Nullable(Float64) CODEC(ZSTD(1)),
    ADD COLUMN pd_role LowCardinality(String),
    ADD COLUMN vantage LowCardinality(String),
    ADD COLUMN resend_count Nullable(Int64) CODEC(ZSTD(1)),
    ADD COLUMN tool_call_id String CODEC(ZSTD(1)),
    ADD COLUMN tool_type LowCardinality(String),
    ADD COLUMN retrieval_documents Nullable(Int64) CODEC(ZSTD(1)),
    ADD COLUMN retrieval_top_k Nullable(Int64) CODEC(ZSTD(1)),
    ADD COLUMN retrieval_top_score Nullable(Float64) CODEC(ZSTD(1)),
    ADD COLUMN data_source LowCardinality(String),
    ADD COLUMN embedding_dimensions Nullable(Int64) CODEC(ZSTD(1)),
    ADD COLUMN mcp_method LowCardinality(String),
    ADD COLUMN mcp_session_id String CODEC(ZSTD(1)),
    ADD COLUMN guardrail_name LowCardinality(String),
    ADD COLUMN guardrail_status LowCardinality(String),
    ADD COLUMN evaluation_name LowCardinality(String),
    ADD COLUMN evaluation_score Nullable(Float64) CODEC(ZSTD(1)),
    ADD COLUMN evaluation_label LowCardinality(String),
    ADD COLUMN duplicate_of String CODEC(ZSTD(1));

-- attribute_uses: which attributes spans have, by day, service and scope, and on how many; names alone, numbers in them
-- folded. A job counts each minute once.
CREATE TABLE attribute_uses
(
    tenant LowCardinality(String),
    day Date CODEC(Delta, ZSTD(1)),
    service LowCardinality(String),
    scope LowCardinality(String),
    dialect LowCardinality(String),
    key String CODEC(ZSTD(1)),
    spans SimpleAggregateFunction(sum, UInt64) CODEC(ZSTD(1)),
    last_at SimpleAggregateFunction(max, DateTime64(3)) CODEC(ZSTD(1))
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(day)
ORDER BY (tenant, day, service, scope, dialect, key)
SETTINGS {durable};
