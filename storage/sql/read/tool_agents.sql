-- Which agents called which tools, and how often.
SELECT name AS tool, agent, sum(amount) AS calls
FROM agent_runs FINAL
ARRAY JOIN `called.kind` AS called_kind, `called.name` AS name, `called.calls` AS amount
WHERE called_kind = 'tool'
  AND started_at >= {start:DateTime64(9)} AND started_at < {end:DateTime64(9)}
  AND ({tenant:String} = '' OR tenant = {tenant:String})
  AND ({service:String} = '' OR service = {service:String})
GROUP BY tool, agent
ORDER BY tool, calls DESC, agent
