-- One incident by id.
SELECT id, state, severity, signal, title, scope, started_at, detected_at, peak_at, ended_at, body
FROM incidents FINAL
WHERE id = {id:String} AND deleted = 0
LIMIT 1
