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
