-- All users with a trace that began in [start, end), at once; of what is spent, the share of the dearest tenth of them.
SELECT
    countIf(person != '') AS users,
    sumIf(amount, person != '') AS traces,
    sumIf(amount, person = '') AS without_user,
    sumIf(cost, person != '') AS cost_usd,
    arraySlice(arrayReverseSort(groupArrayIf(cost, person != '')), 1, greatest(1, intDiv(users + 9, 10))) AS dearest,
    if(cost_usd > 0 AND users >= 10, arraySum(dearest) / cost_usd, NULL) AS top_tenth_cost_share
FROM
(
    SELECT user_id AS person, count() AS amount, sum(trace_summaries.cost_usd) AS cost
    FROM trace_summaries FINAL
    WHERE started_at >= {start:DateTime64(9)} AND started_at < {end:DateTime64(9)}
      AND ({tenant:String} = '' OR tenant = {tenant:String})
      AND ({service:String} = '' OR has(services, {service:String}))
      AND ({model:String} = '' OR has(models, {model:String}))
    GROUP BY tenant, person
)
