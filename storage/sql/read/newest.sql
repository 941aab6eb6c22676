-- When the newest span began, by the roll-up; the epoch when there is none.
SELECT max(minute), count() FROM spans_1m
