-- When the period's newest call came in.
SELECT count() AS calls, max(ingested_at) AS newest
FROM llm_calls
WHERE timestamp >= {start:DateTime64(3)} AND timestamp < {end:DateTime64(3)}
