-- Incidents that touch the period, in the order they began.
SELECT id, state, severity, signal, title, started_at, detected_at, ended_at,
    JSONExtract(body, 'exemplars', 'bad', 'Array(String)') AS traces
FROM incidents FINAL
WHERE deleted = 0 AND started_at < {end:DateTime64(3)} AND (ended_at IS NULL OR ended_at >= {start:DateTime64(3)})
ORDER BY started_at, id
