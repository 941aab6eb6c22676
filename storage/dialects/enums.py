"""Canonical values and what the dialects write for them, lower-cased."""

from __future__ import annotations

OPERATIONS = {
    "chat": ("llm", "chat_model", "generation", "response"),
    "text_completion": ("completion",),
    "generate_content": ("generate",),
    "embeddings": ("embedding",),
    "retrieval": ("retriever",),
    "rerank": ("reranker",),
    "execute_tool": ("tool", "tools/call"),
    "invoke_agent": ("agent",),
    "invoke_workflow": ("workflow",),
    "evaluation": ("evaluator",),
    "chain": ("task", "execute_task", "parser"),
    "other": ("unknown", "span", "event"),
}

# One model call; tokens and cost are summed over these alone, for outer spans repeat what their children report.
MODEL_CALLS = ("chat", "text_completion", "generate_content", "embeddings", "rerank")

PROVIDERS = {
    "openai": ("openai.chat", "openai.responses", "openai.completion"),
    "aws.bedrock": ("aws", "bedrock", "amazon-bedrock", "bedrock_converse"),
    "azure.ai.openai": ("azure", "az.ai.openai", "azure-openai"),
    "azure.ai.inference": ("az.ai.inference",),
    "gcp.gemini": ("google", "gemini", "google.generative-ai", "google_genai"),
    "gcp.vertex_ai": ("vertexai", "vertex_ai"),
    "mistral_ai": ("mistral", "mistralai"),
    "x_ai": ("xai", "x-ai", "xai.chat"),
    "ibm.watsonx.ai": ("watsonx",),
    "moonshot_ai": ("moonshot", "moonshotai"),
    "together_ai": ("together",),
    "fireworks": ("fireworks_ai",),
    "hugging_face": ("huggingface",),
    "": ("langchain", "crewai", "llamaindex", "pydantic_ai"),
}

FINISH_REASONS = {
    "stop": ("end_turn", "stop_sequence", "eos", "complete", "completed"),
    "length": ("max_tokens", "max_output_tokens", "model_context_window_exceeded"),
    "tool_calls": ("tool_call", "tool-calls", "tool_use", "function_call"),
    "content_filter": ("content-filter", "safety", "recitation", "refusal", "guardrail_intervened"),
    "error": ("abort",),
    "cancelled": (),
}


def pairs(enum: dict[str, tuple[str, ...]]) -> tuple[list[str], list[str]]:
    """Return what is written and what it means, as two lists of one length."""
    written = [(value, canonical) for canonical, values in enum.items() for value in values]
    return [value for value, _ in written], [canonical for _, canonical in written]
