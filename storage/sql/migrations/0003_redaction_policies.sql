-- Which privacy policies were in force, as JSON [{"id", "version", "digest", "kinds"}]: a decision cites each that took part.
ALTER TABLE otel_traces ADD COLUMN RedactionPolicies LowCardinality(String) CODEC(ZSTD(1));
