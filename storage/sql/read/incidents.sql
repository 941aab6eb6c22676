-- Incidents that touch the window, newest first.
SELECT id, state, severity, signal, title, scope, started_at, detected_at, peak_at, ended_at, body
FROM incidents FINAL
WHERE deleted = 0
  AND ({tenant:String} = '' OR tenant = {tenant:String})
  AND started_at < {end:DateTime64(3)}
  AND (ended_at IS NULL OR ended_at >= {start:DateTime64(3)})
ORDER BY started_at DESC, id DESC
LIMIT 1000
