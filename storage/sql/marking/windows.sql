-- What one policy decided in each hour that has new decisions, by model and service, where an output lacks its mark.
-- ``lowest`` is how many standard deviations the clearest of these scores below a marked output of its length.
SELECT
    tenant,
    model,
    service,
    toStartOfHour(at) AS window,
    maxIf(at, verdict = 'absent') AS newest,
    sumMap(map(toString(verdict), 1)) AS verdicts,
    countIf(verdict = 'present' AND tokens_scored >= {needed:UInt32}) AS present,
    countIf(verdict = 'absent') AS absent,
    sumIf(tokens_scored, verdict = 'absent') AS tokens,
    sumIf(ifNull(score, 0), verdict = 'absent') AS total,
    minIf((score - tokens_scored * {mean:Float64}) / sqrt(tokens_scored * {variance:Float64}), verdict = 'absent') AS lowest,
    argMinIf((trace_id, span_id), (if(isNull(score), 0., (score - tokens_scored * {mean:Float64}) / sqrt(tokens_scored * {variance:Float64})), at, span_id), verdict = 'absent') AS exemplar,
    arraySort(groupArrayIf(50)(decision_id, verdict = 'absent')) AS decisions,
    arraySort(groupUniqArrayIf(20)(JSONExtractString(evidence, 'service_version'), verdict = 'absent')) AS versions,
    arraySort(groupUniqArrayIf(20)(JSONExtractString(evidence, 'service_version'), verdict IN ('present', 'declared'))) AS marked_versions,
    countIf(JSONExtractBool(evidence, 'retokenised') AND verdict = 'absent') AS retokenised
FROM policy_decisions FINAL
WHERE policy_id = {policy:String} AND digest = {digest:String}
  AND toStartOfHour(at) IN
  (
      SELECT DISTINCT toStartOfHour(at) FROM policy_decisions
      WHERE policy_id = {policy:String} AND digest = {digest:String} AND version_ns > {since:UInt64}
  )
GROUP BY tenant, model, service, window
HAVING absent > 0
ORDER BY window, model, service, tenant
