-- Statements that deleted or changed rows of telemetry, as the store remembers them.
SELECT count() AS statements, max(create_time) AS newest, groupUniqArray(table) AS tables
FROM system.mutations
WHERE database = currentDatabase()
  AND table IN ('otel_traces', 'llm_calls', 'calls_1m', 'errors_1m', 'spans_1m', 'redactions_1m', 'policy_decisions', 'findings', 'incidents')
  AND match(command, '(?i)^\\(?(DELETE|UPDATE)')
