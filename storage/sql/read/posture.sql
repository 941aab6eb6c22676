-- Verdicts of each policy in the window.
SELECT policy_id, verdict, count() AS decisions, max(at) AS newest
FROM policy_decisions FINAL
WHERE at >= {start:DateTime64(3)} AND at < {end:DateTime64(3)}
  AND ({tenant:String} = '' OR tenant = {tenant:String})
  AND ({service:String} = '' OR service = {service:String})
  AND ({model:String} = '' OR model = {model:String})
GROUP BY policy_id, verdict
