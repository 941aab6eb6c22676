-- What policies found amiss in the window, newest first.
SELECT id, source, version, signal, scope, at, observed, expected, unit, score, threshold, p_value, explanation,
       trace_id, span_id
FROM findings FINAL
WHERE kind = 'policy' AND at >= {start:DateTime64(3)} AND at < {end:DateTime64(3)}
  AND ({tenant:String} = '' OR tenant = {tenant:String})
ORDER BY at DESC
LIMIT 500
