"""LangSmith's SDK for LangChain, writing OpenTelemetry spans.

Source: https://docs.langchain.com/langsmith/trace-with-opentelemetry
"""

from __future__ import annotations

from storage.dialects.fields import Arm, Dialect, arms, bag

DIALECT = Dialect(
    name="langsmith",
    title="LangSmith, LangChain",
    keys=("langsmith.span.kind", "langsmith.trace.name"),
    scopes=("langsmith",),
    arms=(
        # The operation's name says chat on prompts and chains too.
        Arm("operation", "langsmith.span.kind", scope="langsmith", rank=-2),
        *arms("operation", "langsmith.span.kind", rank=4),
        *arms("provider", "langsmith.metadata.ls_provider", rank=4),
        *arms("request_model", "langsmith.metadata.ls_model_name", rank=8),
        *arms("session_id", "langsmith.metadata.session_id", "langsmith.metadata.thread_id", rank=1),
        *arms("user_id", "langsmith.metadata.user_id", rank=2),
        *arms("agent_name", "langsmith.metadata.lc_agent_name"),
        *arms("workflow_name", "langsmith.trace.name", rank=2),
        *arms("tags", "langsmith.span.tags"),
        *bag(
            "langsmith.metadata.usage_metadata",
            rank=6,
            input_tokens="input_tokens",
            output_tokens="output_tokens",
            total_tokens="total_tokens",
            cache_read_tokens="input_token_details.cache_read",
            cache_write_tokens="input_token_details.cache_creation",
            reasoning_tokens="output_token_details.reasoning",
            audio_input_tokens="input_token_details.audio",
            audio_output_tokens="output_token_details.audio",
        ),
        *arms("is_stream", "langsmith.request.streaming", "langsmith.metadata.stream"),
        *bag(
            "gen_ai.completion",
            rank=8,
            finish_reason="generations.[1].[1].generation_info.finish_reason",
            response_id="llm_output.id",
            response_model="llm_output.model_name",
        ),
        *bag(
            "gen_ai.completion",
            rank=9,
            response_id=("generations.[1].[1].message.kwargs.response_metadata.id", "id"),
            response_model=("generations.[1].[1].message.kwargs.response_metadata.model_name", "model"),
            finish_reason="choices.[1].finish_reason",
        ),
    ),
    content=("gen_ai.prompt", "gen_ai.completion"),
    known=("langsmith.*", "gen_ai.serialized.*"),
)
