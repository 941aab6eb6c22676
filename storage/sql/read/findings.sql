-- Findings of the window, newest first, after a cursor (at, id).
SELECT id, kind, source, version, signal, scope, at, observed, expected, unit, score, threshold, p_value, explanation,
       trace_id, span_id
FROM findings FINAL
WHERE at >= {start:DateTime64(3)} AND at < {end:DateTime64(3)}
  AND ({tenant:String} = '' OR tenant = {tenant:String})
  AND ({kind:String} = '' OR kind = {kind:String})
  AND ({signal:String} = '' OR signal = {signal:String})
  AND ({cursor_id:String} = '' OR (at, id) < ({cursor_at:DateTime64(3)}, {cursor_id:String}))
ORDER BY at DESC, id DESC
LIMIT {limit:UInt32}
