"""OpenTelemetry's GenAI semantic conventions, as ``opentelemetry-util-genai`` 1.3 emits them.

Source: https://opentelemetry.io/docs/specs/semconv/gen-ai/ and the keys that inference servers add for latency.
"""

from __future__ import annotations

from storage.dialects.fields import Arm, Dialect, text_arms

DIALECT = Dialect(
    name="genai",
    keys=("gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.system", "gen_ai.request.model"),
    scopes=("opentelemetry.instrumentation.genai", "opentelemetry.instrumentation.openai_v2"),
    first_token_events=("gen_ai.content.completion.chunk",),
    arms=(
        *text_arms("operation", "gen_ai.operation.name"),
        *text_arms("provider", "gen_ai.provider.name", "gen_ai.system"),
        *text_arms("request_model", "gen_ai.request.model"),
        *text_arms("response_model", "gen_ai.response.model"),
        *text_arms("response_id", "gen_ai.response.id", "gen_ai.request.id"),
        *text_arms("server_address", "server.address"),
        *text_arms("session_id", "gen_ai.conversation.id"),
        *text_arms("user_id", "enduser.id", "gen_ai.user"),
        *text_arms("agent_name", "gen_ai.agent.name"),
        *text_arms("workflow_name", "gen_ai.workflow.name"),
        *text_arms("tool_name", "gen_ai.tool.name"),
        *text_arms("prompt_name", "gen_ai.prompt.name"),
        *text_arms("prompt_version", "gen_ai.prompt.version"),
        *text_arms("input_tokens", "gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"),
        *text_arms("output_tokens", "gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"),
        *text_arms("total_tokens", "gen_ai.usage.total_tokens"),
        *text_arms("cache_read_tokens", "gen_ai.usage.cache_read.input_tokens"),
        *text_arms(
            "cache_write_tokens",
            "gen_ai.usage.cache_write.input_tokens",
            "gen_ai.usage.cache_creation.input_tokens",
        ),
        *text_arms("reasoning_tokens", "gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.reasoning_tokens"),
        *text_arms("cost_usd", "gen_ai.usage.cost", "gen_ai.cost.total_cost"),
        *text_arms("ttft_ms", "gen_ai.response.time_to_first_chunk", "gen_ai.latency.time_to_first_token"),
        *text_arms("is_stream", "gen_ai.request.stream"),
        *text_arms("finish_reason", "gen_ai.response.finish_reasons"),
        *text_arms("error_type", "error.type"),
        *text_arms("region", "cloud.region"),
        Arm("region", "cloud.region", source="resource"),
        Arm("environment", "deployment.environment.name", source="resource"),
        Arm("environment", "deployment.environment", source="resource"),
        Arm("service_version", "service.version", source="resource"),
        *text_arms("content", "gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.tool.call.arguments"),
        # Ours: the application says that it marked the output, and with what.
        *text_arms("declared_mark", "spanwarden.output.mark"),
    ),
)
