"""Langfuse's SDKs, version 3 and later, which write OpenTelemetry spans.

Source: https://langfuse.com/integrations/native/opentelemetry
"""

from __future__ import annotations

from storage.dialects.fields import Arm, Dialect, arms, bag

USAGE = "langfuse.observation.usage_details"

DIALECT = Dialect(
    name="langfuse",
    title="Langfuse",
    keys=("langfuse.observation.type", "langfuse.trace.name", "langfuse.internal.is_app_root"),
    scopes=("langfuse-sdk",),
    arms=(
        *arms("operation", "langfuse.observation.type"),
        *arms("request_model", "langfuse.observation.model.name", rank=2),
        *arms("session_id", "langfuse.session.id", rank=-2),
        *arms("session_id", "langfuse.trace.metadata.langfuse_session_id", rank=1),
        *arms("user_id", "langfuse.user.id", rank=-1),
        *arms("workflow_name", "langfuse.trace.name", rank=1),
        *arms("prompt_name", "langfuse.observation.prompt.name"),
        *arms("prompt_version", "langfuse.observation.prompt.version"),
        *arms("tags", "langfuse.trace.tags"),
        *arms("environment", "langfuse.environment", rank=-1),
        *arms("service_version", "langfuse.release", rank=-1),
        # The user's own buckets: where the prompt is told in several, each begins with "input" and none holds another.
        *bag(USAGE, rank=3, form="json_sum", input_tokens="input", output_tokens="output"),
        *bag(USAGE, rank=4, input_tokens="prompt_tokens", output_tokens="completion_tokens"),
        *bag(
            USAGE,
            rank=4,
            total_tokens=("total", "total_tokens"),
            cache_read_tokens=(
                "input_cached_tokens",
                "input_cache_read",
                "cache_read_input_tokens",
                "prompt_tokens_details.cached_tokens",
                "input_tokens_details.cached_tokens",
            ),
            cache_write_tokens=("input_cache_creation", "cache_creation_input_tokens"),
            reasoning_tokens=(
                "output_reasoning_tokens",
                "output_reasoning",
                "completion_tokens_details.reasoning_tokens",
                "output_tokens_details.reasoning_tokens",
            ),
            audio_input_tokens=("input_audio_tokens", "prompt_tokens_details.audio_tokens"),
            audio_output_tokens=("output_audio_tokens", "completion_tokens_details.audio_tokens"),
        ),
        *bag(
            "langfuse.observation.cost_details",
            rank=-1,
            cost_usd="total",
            cost_input_usd="input",
            cost_output_usd="output",
        ),
        Arm("service_tier", "langfuse.observation.model.parameters", "json", "service_tier"),
        Arm("ttft_ms", "langfuse.observation.completion_start_time", "since_start", rank=1),
        Arm("finish_reason", "langfuse.observation.metadata.finish_reason", "quoted", rank=2),
        *bag("langfuse.observation.output", rank=3, finish_reason="finish_reason"),
        Arm("error_type", "langfuse.observation.status_message", "failure", rank=8),
        Arm("error_type", "langfuse.observation.level", values=("error",), rank=9),
    ),
    content=(
        "langfuse.observation.input",
        "langfuse.observation.output",
        "langfuse.trace.input",
        "langfuse.trace.output",
    ),
    known=(
        "langfuse.internal.*",
        "langfuse.observation.*",
        "langfuse.trace.*",
        "langfuse.version",
    ),
)
