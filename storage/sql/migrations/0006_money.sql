-- corrections: what is to be changed in rows that are stored already, written down before it is begun. A correction is
-- a row that says its steps, then a row a step that is done; the last has done = the number of steps.
CREATE TABLE corrections
(
    id String,
    kind LowCardinality(String),
    at DateTime64(3),
    steps String CODEC(ZSTD(1)),
    total UInt32,
    done UInt32
)
ENGINE = MergeTree
ORDER BY (id, done)
SETTINGS {durable};

-- price_lines: every price that was ever in a book, by the id that a call keeps. Rows are added and never changed, so
-- that what a call cost then can be explained whatever today's prices are. USD per million tokens, a call, an hour.
CREATE TABLE price_lines
(
    id String,
    book LowCardinality(String),
    provider LowCardinality(String),
    model String,
    tier LowCardinality(String),
    valid_from Nullable(DateTime('UTC')),
    above_input_tokens Int64,
    since_second UInt32,
    until_second UInt32,
    days UInt8,
    units Map(LowCardinality(String), Float64),
    source String CODEC(ZSTD(1)),
    first_seen DateTime64(3) DEFAULT now64(3)
)
ENGINE = MergeTree
ORDER BY (provider, model, id)
SETTINGS {durable};

-- What the price book says of a call, beside what its emitter says: price_id names the line that gave it.
ALTER TABLE llm_calls ADD COLUMN cost_computed_usd Nullable(Float64) CODEC(ZSTD(1));

-- costs_1h: model calls and their cost by the hour and by who pays, which calls_1m does not know.
CREATE TABLE costs_1h
(
    tenant LowCardinality(String),
    hour DateTime CODEC(Delta, ZSTD(1)),
    service LowCardinality(String),
    team LowCardinality(String),
    api_key LowCardinality(String),
    provider LowCardinality(String),
    model LowCardinality(String),
    calls SimpleAggregateFunction(sum, Int64),
    failed SimpleAggregateFunction(sum, Int64),
    input_tokens SimpleAggregateFunction(sum, Int64),
    output_tokens SimpleAggregateFunction(sum, Int64),
    cache_read_tokens SimpleAggregateFunction(sum, Int64),
    cost_usd SimpleAggregateFunction(sum, Float64),
    unpriced_calls SimpleAggregateFunction(sum, Int64),
    unpriced_tokens SimpleAggregateFunction(sum, Int64),
    compared_calls SimpleAggregateFunction(sum, Int64),
    reported_usd SimpleAggregateFunction(sum, Float64),
    computed_usd SimpleAggregateFunction(sum, Float64)
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(hour)
ORDER BY (tenant, hour, service, team, api_key, provider, model)
SETTINGS {durable};
