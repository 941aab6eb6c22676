-- Kinds of error seen in the window and not in the one before it.
SELECT
    error_type,
    sumIf(errors_1m.calls, minute >= {start:DateTime}) AS now_calls,
    sumIf(errors_1m.calls, minute < {was_end:DateTime}) AS was_calls,
    minIf(minute, minute >= {start:DateTime}) AS since,
    argMax(model, errors_1m.calls) AS at_model
FROM errors_1m
WHERE ((minute >= {start:DateTime} AND minute < {end:DateTime})
    OR (minute >= {was_start:DateTime} AND minute < {was_end:DateTime}))
  AND ({tenant:String} = '' OR tenant = {tenant:String})
  AND ({service:String} = '' OR service = {service:String})
  AND ({model:String} = '' OR model = {model:String})
GROUP BY error_type
HAVING now_calls > 0 AND was_calls = 0 AND error_type != ''
ORDER BY now_calls DESC
LIMIT 5
