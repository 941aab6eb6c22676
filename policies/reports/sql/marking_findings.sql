-- Hours of a model and a service in which more outputs lack their mark than chance leaves: findings of the policies.
SELECT source AS policy, count() AS findings, arraySort(groupUniqArray(3)(trace_id)) AS traces
FROM findings FINAL
WHERE kind = 'policy' AND signal = 'marking' AND at >= {start:DateTime64(3)} AND at < {end:DateTime64(3)}
  AND source IN {policies:Array(String)}
GROUP BY source
ORDER BY source
