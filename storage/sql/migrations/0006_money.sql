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
