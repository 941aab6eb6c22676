"""Canonical values and what the dialects write for them, lower-cased. One map serves all dialects."""

from __future__ import annotations

Enum = dict[str, tuple[str, ...]]

AI_SDK = ("generatetext", "streamtext", "generateobject", "streamobject")

OPERATIONS: Enum = {
    "chat": (
        "llm",
        "chat_model",
        "generation",
        "response",
        "llm_request",
        "openai.response",
        "ai.generatetext.dogenerate",
        "ai.generateobject.dogenerate",
        "ai.streamtext.dostream",
        "ai.streamobject.dostream",
    ),
    "text_completion": ("completion", "text_generation"),
    "generate_content": ("generate",),
    "embeddings": ("embedding", "embed", "embedder", "ai.embed.doembed", "ai.embedmany.doembed"),
    "retrieval": ("retriever", "search"),
    "rerank": ("reranker", "ai.rerank.dorerank"),
    "execute_tool": ("tool", "ai.toolcall", "tools/call", "function"),
    "invoke_agent": ("agent", "workflow_agent", *(f"ai.{name}" for name in AI_SDK)),
    "invoke_workflow": ("workflow",),
    "memory": (
        "search_memory",
        "create_memory",
        "update_memory",
        "upsert_memory",
        "delete_memory",
        "create_memory_store",
        "delete_memory_store",
        "search_memory_store",
    ),
    "guardrail": ("litellm.moderation", "moderation"),
    "evaluation": ("evaluator",),
    "prompt": ("prompts/get",),
    "chain": ("task", "execute_task", "parser", "agent_step", "ai.embed", "ai.embedmany", "ai.rerank", "flow"),
    "mcp": (
        "session",
        "initialize",
        "ping",
        "notifications/initialized",
        "notifications/cancelled",
        "notifications/progress",
        "notifications/message",
        "tools/list",
        "prompts/list",
        "resources/list",
        "resources/read",
        "resources/subscribe",
        "resources/templates/list",
        "completion/complete",
        "logging/setlevel",
        "sampling/createmessage",
        "elicitation/create",
        "roots/list",
    ),
    "other": (
        "unknown",
        "span",
        "event",
        "fetch_response",
        "litellm.passthrough",
        "litellm.vector_store_create",
        "litellm.vector_store_search",
        "litellm.responses_management",
    ),
    "create_agent": (),
    "plan": (),
    "decision": (),
}

# One model call; tokens and cost are summed over these alone, for outer spans repeat what their children report.
MODEL_CALLS = ("chat", "text_completion", "generate_content", "embeddings", "rerank")

# What a span's name may begin with where nothing else says what it does.
NAMES = (
    *MODEL_CALLS,
    "execute_tool",
    "invoke_agent",
    "create_agent",
    "invoke_workflow",
    "retrieval",
    "llm_request",
    "openai.response",
)

PROVIDERS: Enum = {
    "openai": ("openai.chat", "openai.responses", "openai.completion", "openai.embedding", "openai.image"),
    "anthropic": ("anthropic.messages", "anthropic.chat"),
    "aws.bedrock": ("aws", "bedrock", "amazon-bedrock", "amazon_bedrock", "bedrock_converse", "aws_bedrock"),
    "azure.ai.openai": (
        "azure",
        "az.ai.openai",
        "azure_openai",
        "azure-openai",
        "azure-openai.chat",
        "azure-openai.responses",
        "azure-openai.completion",
        "azure-openai.embedding",
        "azure-openai.embeddings",
        "azure.openai",
    ),
    "azure.ai.inference": ("az.ai.inference", "azure_ai", "azure_ai_inference"),
    "gcp.gemini": ("google", "gemini", "google.generative-ai", "google_genai", "google-gla", "google_ai_studio"),
    "gcp.vertex_ai": (
        "vertexai",
        "vertex_ai",
        "google-vertex",
        "google_vertexai",
        "google.vertex.chat",
        "google.vertex.embedding",
        "google.vertex.anthropic.messages",
    ),
    "mistral_ai": ("mistral", "mistralai", "mistral.chat", "mistral.embedding"),
    "x_ai": ("xai", "x-ai", "xai.chat", "xai.responses"),
    "ibm.watsonx.ai": ("watsonx", "watsonx_ai", "ibm"),
    "moonshot_ai": ("moonshot", "moonshotai"),
    "together_ai": ("together", "togetherai", "togetherai.chat"),
    "fireworks": ("fireworks_ai", "fireworks.chat"),
    "hugging_face": ("huggingface",),
    "cohere": ("cohere.chat", "cohere.textembedding", "cohere_chat"),
    "groq": ("groq.chat",),
    "deepseek": ("deepseek.chat",),
    "perplexity": ("perplexity.chat",),
}

# Frameworks stand where the provider should: nobody is named by them.
FRAMEWORKS = (
    "langchain",
    "langgraph",
    "crewai",
    "llamaindex",
    "llama_index",
    "pydantic_ai",
    "haystack",
    "openai_agents",
    "agno",
    "autogen",
    "smolagents",
    "unknown",
)

# Who makes the models whose names begin so, where no provider is named and no inference server speaks.
MAKERS: Enum = {
    "openai": ("gpt-", "chatgpt-", "o1", "o3", "o4-", "text-embedding-3", "text-embedding-ada", "openai/"),
    "anthropic": ("claude-", "anthropic/"),
    "gcp.gemini": ("gemini-", "google/gemini"),
    "mistral_ai": ("mistral-large", "mistral-small", "mistral-medium", "codestral", "ministral", "mistral/"),
    "cohere": ("command-", "embed-english", "embed-multilingual", "cohere/"),
    "x_ai": ("grok-", "xai/"),
    "deepseek": ("deepseek-chat", "deepseek-reasoner", "deepseek/"),
}

FINISH_REASONS: Enum = {
    "stop": ("end_turn", "stop_sequence", "eos", "complete", "completed"),
    "length": ("max_tokens", "max_output_tokens", "model_context_window_exceeded"),
    "tool_calls": ("tool_call", "tool-calls", "tool_use", "function_call"),
    "content_filter": ("content-filter", "safety", "recitation", "refusal", "guardrail_intervened"),
    "error": ("abort",),
    "cancelled": ("canceled",),
}


def pairs(enum: Enum) -> tuple[list[str], list[str]]:
    """Return what is written and what it means, as two lists of one length."""
    written = [(value, canonical) for canonical, values in enum.items() for value in values]
    return [value for value, _ in written], [canonical for _, canonical in written]
