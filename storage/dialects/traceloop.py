"""OpenLLMetry's instrumentations (Traceloop): since 0.55 with OpenTelemetry's names, before with its own.

Source: https://github.com/traceloop/openllmetry, ``opentelemetry-semantic-conventions-ai``.
"""

from __future__ import annotations

from storage.dialects.fields import Arm, Dialect, arms

ASSOCIATION = "traceloop.association.properties"
LIBRARIES = (
    *("openai.v0", "openai.v1", "agno", "alephalpha", "anthropic", "bedrock", "chromadb", "cohere", "crewai"),
    *("google_generativeai", "groq", "haystack", "lancedb", "langchain", "llamaindex", "marqo", "milvus", "mistralai"),
    *("ollama", "openai_agents", "pinecone", "qdrant", "replicate", "sagemaker", "together", "transformers"),
    *("vertexai", "voyageai", "watsonx", "weaviate", "writer"),
)

DIALECT = Dialect(
    name="traceloop",
    title="OpenLLMetry (Traceloop)",
    keys=("traceloop.span.kind", "traceloop.workflow.name", "traceloop.entity.name", "llm.request.type"),
    scopes=(*(f"opentelemetry.instrumentation.{library}" for library in LIBRARIES), "traceloop.tracer"),
    first_token_events=("gen_ai.content.completion.chunk", "llm.content.completion.chunk"),
    arms=(
        # The outer spans of a workflow say invoke_agent too.
        Arm("operation", "traceloop.span.kind", values=("workflow", "task"), rank=-1),
        *arms("operation", "traceloop.span.kind", rank=1),
        *arms("operation", "llm.request.type", rank=2),
        *arms("provider", f"{ASSOCIATION}.ls_provider", rank=5),
        *arms("request_model", f"{ASSOCIATION}.ls_model_name", rank=8),
        *arms("server_address", "gen_ai.openai.api_base", form="host"),
        *arms("session_id", f"{ASSOCIATION}.session_id", f"{ASSOCIATION}.thread_id"),
        *arms("user_id", f"{ASSOCIATION}.user_id", rank=1),
        *arms("workflow_name", "traceloop.workflow.name"),
        *arms("prompt_name", "traceloop.prompt.key"),
        *arms("prompt_version", "traceloop.prompt.version", "traceloop.prompt.version_hash"),
        *arms("total_tokens", "llm.usage.total_tokens"),
        *arms("reasoning_tokens", "llm.usage.reasoning_tokens", rank=1),
        *arms("is_stream", "llm.is_streaming"),
        *arms(
            "finish_reason",
            "gen_ai.completion.0.finish_reason",
            "llm.response.finish_reason",
            "llm.response.stop_reason",
            rank=1,
        ),
        *arms("tool_name", "traceloop.entity.name", rank=9),
        *arms("data_source", "db.vector.collection.name"),
    ),
    content=(
        "gen_ai.prompt.0.content",
        "gen_ai.completion.0.content",
        "gen_ai.completion.0.tool_calls.0.arguments",
        "traceloop.entity.input",
        "traceloop.entity.output",
        "gen_ai.task.input",
        "gen_ai.task.output",
    ),
    known=(
        "gen_ai.prompt.*",
        "gen_ai.completion.*",
        "llm.request.functions.*",
        "llm.request.reasoning_effort",
        "llm.headers",
        "gen_ai.task.*",
        "gen_ai.workflow.*",
        "gen_ai.reasoning.*",
        "gen_ai.request.structured_output_schema",
        "traceloop.entity.*",
        "traceloop.prompt.*",
        f"{ASSOCIATION}.*",
    ),
)
