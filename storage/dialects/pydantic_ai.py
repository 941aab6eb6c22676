"""Pydantic AI, as it writes for Logfire: OpenTelemetry's names with its own around them.

Source: https://ai.pydantic.dev/logfire/
"""

from __future__ import annotations

from storage.dialects.fields import Dialect, arms

DIALECT = Dialect(
    name="pydantic_ai",
    title="Pydantic AI, Logfire",
    keys=("pydantic_ai.all_messages", "model_request_parameters", "logfire.json_schema", "logfire.msg"),
    scopes=("pydantic-ai", "logfire"),
    arms=(
        *arms("request_model", "model_name", rank=9),
        *arms("agent_name", "agent_name"),
        *arms("cache_read_tokens", "gen_ai.usage.details.cache_read_tokens", rank=1),
        *arms("cache_write_tokens", "gen_ai.usage.details.cache_write_tokens", rank=1),
        *arms("reasoning_tokens", "gen_ai.usage.details.reasoning_tokens", rank=3),
        *arms("audio_input_tokens", "gen_ai.usage.details.input_audio_tokens", rank=1),
        *arms("audio_output_tokens", "gen_ai.usage.details.output_audio_tokens", rank=1),
        *arms("cost_usd", "operation.cost"),
    ),
    content=("pydantic_ai.all_messages", "final_result", "tool_arguments", "tool_response", "inputs"),
    known=(
        "gen_ai.aggregated_usage.*",
        "gen_ai.agent.call.id",
        "gen_ai.usage.details.*",
        "pydantic_ai.*",
        "logfire.*",
        "input_type",
        "inputs_count",
        "embedding_settings",
        "embeddings",
        "model_request_parameters",
    ),
)
