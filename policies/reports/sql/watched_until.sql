-- Up to which time of arrival the detectors have looked at everything.
SELECT count() AS marks, max(at) AS watched_until FROM marks WHERE name = 'detectors'
