"""OpenInference's semantic conventions (Arize), as its OpenAI and LangChain instrumentations emit them.

Source: https://github.com/Arize-ai/openinference/blob/main/spec/semantic_conventions.md
"""

from __future__ import annotations

from storage.dialects.fields import Arm, Dialect, text_arms

DIALECT = Dialect(
    name="openinference",
    keys=("openinference.span.kind",),
    scopes=("openinference.instrumentation",),
    first_token_events=("First Token Stream Event",),
    arms=(
        *text_arms("operation", "openinference.span.kind"),
        # llm.system is the API family; it is all that the OpenAI instrumentation sends.
        *text_arms("provider", "llm.provider", "llm.system"),
        *text_arms(
            "request_model",
            "llm.request.model_name",
            "embedding.model_name",
            "reranker.model_name",
        ),
        Arm("request_model", "llm.invocation_parameters", "json", "model"),
        *text_arms("response_model", "llm.response.model_name", "llm.model_name"),
        Arm("response_id", "output.value", "json", "id"),
        *text_arms("session_id", "session.id"),
        Arm("session_id", "metadata", "json", "session_id"),
        Arm("session_id", "metadata", "json", "thread_id"),
        *text_arms("user_id", "user.id"),
        Arm("user_id", "metadata", "json", "user_id"),
        *text_arms("agent_name", "agent.name", "graph.node.name"),
        *text_arms("tool_name", "tool.name"),
        *text_arms("prompt_version", "llm.prompt_template.version"),
        *text_arms("input_tokens", "llm.token_count.prompt"),
        *text_arms("output_tokens", "llm.token_count.completion"),
        *text_arms("total_tokens", "llm.token_count.total"),
        *text_arms("cache_read_tokens", "llm.token_count.prompt_details.cache_read"),
        *text_arms("cache_write_tokens", "llm.token_count.prompt_details.cache_write"),
        *text_arms("reasoning_tokens", "llm.token_count.completion_details.reasoning"),
        *text_arms("cost_usd", "llm.cost.total"),
        Arm("is_stream", "llm.invocation_parameters", "json", "stream"),
        *text_arms("finish_reason", "llm.finish_reason"),
        *text_arms(
            "content",
            "input.value",
            "output.value",
            "llm.input_messages.0.message.content",
            "llm.output_messages.0.message.content",
        ),
    ),
)
