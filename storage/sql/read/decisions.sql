-- Decisions of the window, newest first, after a cursor (at, decision_id).
SELECT decision_id, policy_id, version, digest, check_id, stage, action, verdict, reason, severity, service, model,
       entities, score, p_value, tokens_scored, evidence, trace_id, span_id, at
FROM policy_decisions FINAL
WHERE at >= {start:DateTime64(3)} AND at < {end:DateTime64(3)}
  AND ({tenant:String} = '' OR tenant = {tenant:String})
  AND ({service:String} = '' OR service = {service:String})
  AND ({model:String} = '' OR model = {model:String})
  AND ({policy:String} = '' OR policy_id = {policy:String})
  AND ({verdict:String} = '' OR verdict = {verdict:String})
  AND ({trace:String} = '' OR trace_id = {trace:String})
  AND ({cursor_id:String} = '' OR (at, decision_id) < ({cursor_at:DateTime64(3)}, {cursor_id:String}))
ORDER BY at DESC, decision_id DESC
LIMIT {limit:UInt32}
