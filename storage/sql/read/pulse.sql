-- Changes with every load: each insert makes a part. Merges may change the time alone, which costs one redraw.
SELECT sum(rows), max(modification_time), count()
FROM system.parts
WHERE database = currentDatabase() AND active
  AND table IN ('calls_1m', 'spans_1m', 'incidents', 'policy_decisions', 'findings')
