-- Values that were masked before storage, by kind.
SELECT kind, sum(redacted) AS masked
FROM redactions_1m
WHERE minute >= {start:DateTime64(3)} AND minute < {end:DateTime64(3)}
GROUP BY kind
ORDER BY masked DESC, kind
