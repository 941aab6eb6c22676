"""LiteLLM's OpenTelemetry callback: version 1 (texts, Python's repr) and 2 (``litellm.*``).

Source: https://docs.litellm.ai/docs/observability/opentelemetry_integration
"""

from __future__ import annotations

from storage.dialects.fields import Arm, Dialect, arms, bag

USAGE = "metadata.usage_object"

DIALECT = Dialect(
    name="litellm",
    title="LiteLLM",
    keys=(
        "litellm.call_id",
        "hidden_params",
        "metadata.user_api_key_hash",
        "metadata.usage_object",
        "gen_ai.cost.total_cost",
    ),
    scopes=("litellm",),
    arms=(
        *arms("response_id", "litellm.call_id", rank=5),
        *arms("user_id", "litellm.end_user.id", "metadata.user_api_key_end_user_id", rank=1),
        *arms(
            "team",
            "litellm.team.alias",
            "litellm.team.id",
            "metadata.user_api_key_team_alias",
            "metadata.user_api_key_team_id",
            "litellm.metadata.user_api_key_team_alias",
            "litellm.metadata.user_api_key_team_id",
            "metadata.team_alias",
            "metadata.team_id",
        ),
        *arms(
            "api_key",
            "metadata.user_api_key_alias",
            "litellm.metadata.user_api_key_alias",
            "litellm.api_key.hash",
            "metadata.user_api_key_hash",
            "litellm.metadata.user_api_key_hash",
        ),
        Arm("cache_read_tokens", USAGE, "repr", "cached_tokens", rank=9),
        Arm("cache_write_tokens", USAGE, "repr", "cache_creation_tokens", rank=9),
        Arm("cache_write_tokens", USAGE, "repr", "cache_creation_input_tokens", rank=9),
        Arm("reasoning_tokens", USAGE, "repr", "reasoning_tokens", rank=9),
        *arms("cost_usd", "litellm.cost.total", rank=-1),
        *arms("cost_input_usd", "litellm.cost.input"),
        *arms("cost_output_usd", "litellm.cost.output"),
        *arms("response_cache_hit", "litellm.cache_hit"),
        *bag("hidden_params", response_cache_hit="cache_hit"),
        Arm("server_address", "hidden_params", "json_host", "api_base", rank=2),
        *arms("is_stream", "litellm.request.streaming"),
        *arms("error_type", "litellm.provider.error.code", rank=5),
        *arms("guardrail_name", "litellm.guardrail.name"),
        *arms("guardrail_status", "litellm.guardrail.action", "litellm.guardrail.status"),
        Arm("guardrail_name", "metadata.applied_guardrails", "first"),
    ),
    known=(
        "litellm.*",
        "hidden_params",
        "metadata.*",
        "llm.openai.*",
        "llm.None.*",
        "llm.user",
        "error.*",
    ),
)
