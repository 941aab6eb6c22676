-- How far a periodic job has read by time of ingest; a restart goes on from there.
CREATE TABLE marks
(
    name LowCardinality(String),
    at DateTime64(3),
    version_ns UInt64
)
ENGINE = ReplacingMergeTree(version_ns)
ORDER BY name
SETTINGS {durable};
