-- The most frequent error of each tool, and of which type the tool is.
SELECT tool_name AS tool, topK(1)(error_type)[1] AS top_error
FROM llm_calls
WHERE operation = 'execute_tool' AND status = 'error'
  AND timestamp >= {start:DateTime64(9)} AND timestamp < {end:DateTime64(9)}
  AND ({tenant:String} = '' OR tenant = {tenant:String})
  AND ({service:String} = '' OR service = {service:String})
GROUP BY tool
