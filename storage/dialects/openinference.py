"""OpenInference's semantic conventions (Arize), as its OpenAI and LangChain instrumentations emit them.

Source: https://github.com/Arize-ai/openinference/blob/main/spec/semantic_conventions.md
"""

from __future__ import annotations

from storage.dialects.fields import Arm, Dialect, arms, bag

# Kinds that say more than the operation's name that may stand beside them.
TELLING_KINDS = ("reranker", "guardrail", "evaluator", "prompt", "decision")

DIALECT = Dialect(
    name="openinference",
    title="OpenInference",
    keys=("openinference.span.kind",),
    scopes=("openinference.instrumentation",),
    first_token_events=("First Token Stream Event",),
    arms=(
        Arm("operation", "openinference.span.kind", values=TELLING_KINDS, rank=-1),
        *arms("operation", "openinference.span.kind"),
        *arms("provider", "llm.provider"),
        # The API's family; it is all that the OpenAI instrumentation sends.
        *arms("provider", "llm.system", rank=6),
        *arms(
            "request_model",
            "llm.request.model_name",
            "llm.input_model_name",
            "embedding.model_name",
            "reranker.model_name",
        ),
        *bag("llm.invocation_parameters", rank=1, request_model="model", is_stream="stream"),
        *bag("llm.invocation_parameters", rank=9, user_id="user"),
        *arms("response_model", "llm.response.model_name", "llm.output_model_name"),
        *arms("response_model", "llm.model_name", rank=1),
        *bag("output.value", rank=9, response_id=("id", "llm_output.id"), finish_reason="choices.[1].finish_reason"),
        *arms("session_id", "session.id", rank=-1),
        *bag("metadata", rank=8, session_id=("session_id", "thread_id"), user_id="user_id"),
        *arms("user_id", "llm.user"),
        *arms("agent_name", "agent.name", "graph.node.name"),
        *arms("agent_id", "graph.node.id"),
        *arms("prompt_name", "prompt.id"),
        *arms("prompt_version", "llm.prompt_template.version"),
        *arms("tags", "tag.tags"),
        *arms("input_tokens", "llm.token_count.prompt"),
        *arms("output_tokens", "llm.token_count.completion"),
        *arms("total_tokens", "llm.token_count.total"),
        *arms("cache_read_tokens", "llm.token_count.prompt_details.cache_read"),
        *arms("cache_write_tokens", "llm.token_count.prompt_details.cache_write"),
        *arms("reasoning_tokens", "llm.token_count.completion_details.reasoning"),
        *arms("audio_input_tokens", "llm.token_count.prompt_details.audio"),
        *arms("audio_output_tokens", "llm.token_count.completion_details.audio"),
        *arms("cost_usd", "llm.cost.total", rank=1),
        *arms("cost_input_usd", "llm.cost.prompt"),
        *arms("cost_output_usd", "llm.cost.completion"),
        *arms("finish_reason", "llm.finish_reason"),
        *arms("tool_name", "tool.name"),
        *arms("tool_call_id", "tool.id", "tool_call.id"),
        *arms("retrieval_top_k", "reranker.top_k"),
        *arms(
            "retrieval_top_score", "retrieval.documents.0.document.score", "reranker.output_documents.0.document.score"
        ),
        *arms("evaluation_name", "evaluations.0.evaluation.name", "annotations.0.annotation.name"),
        *arms("evaluation_score", "evaluations.0.evaluation.score", "annotations.0.annotation.score"),
        *arms("evaluation_label", "evaluations.0.evaluation.label", "annotations.0.annotation.label"),
    ),
    content=(
        "input.value",
        "output.value",
        "llm.input_messages.0.message.content",
        "llm.input_messages.0.message.contents.0.message_content.text",
        "llm.output_messages.0.message.content",
        "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments",
        "llm.prompts.0.prompt.text",
        "embedding.embeddings.0.embedding.text",
        "retrieval.documents.0.document.content",
        "reranker.query",
        "tool.parameters",
    ),
    known=(
        "input.mime_type",
        "output.mime_type",
        "llm.input_messages.*",
        "llm.output_messages.*",
        "llm.prompts.*",
        "llm.tools.*",
        "llm.prompt_template.*",
        "llm.token_count.*",
        "llm.cost.*",
        "embedding.embeddings.*",
        "retrieval.documents.*",
        "reranker.input_documents.*",
        "reranker.output_documents.*",
        "evaluations.*",
        "annotations.*",
        "trace.evaluations.*",
        "session.evaluations.*",
        "graph.node.parent_id",
        "tool.description",
        "tool.json_schema",
        "metadata",
    ),
)
