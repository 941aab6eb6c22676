-- How many days each table of telemetry keeps its rows, from the store's own definition; 0 is for ever.
SELECT name AS kept, toUInt32OrZero(extract(create_table_query, 'toIntervalDay\\(([0-9]+)\\)')) AS days
FROM system.tables
WHERE database = currentDatabase() AND name IN ('otel_traces', 'llm_calls', 'calls_1m', 'errors_1m', 'spans_1m', 'redactions_1m')
ORDER BY name
