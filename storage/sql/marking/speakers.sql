-- Which models answered in a batch, for which services: the cheap first question of every marking policy.
SELECT DISTINCT service, model, request_model
FROM llm_calls
WHERE batch_id = {batch:String} AND operation IN ('chat', 'text_completion', 'generate_content') AND status = 'ok'
