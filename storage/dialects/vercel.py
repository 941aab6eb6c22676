"""The Vercel AI SDK: spans of its own (scope ``ai``, version 3 to 7) and, since 7, OpenTelemetry's (scope ``gen_ai``).

Source: https://ai-sdk.dev/docs/ai-sdk-core/telemetry
"""

from __future__ import annotations

from storage.dialects.fields import Arm, Dialect, arms, bag

STREAMS = ("ai.streamtext", "ai.streamtext.dostream", "ai.streamobject", "ai.streamobject.dostream")

DIALECT = Dialect(
    name="vercel_ai",
    title="Vercel AI SDK",
    keys=("ai.operationId", "ai.model.id"),
    scopes=("ai", "gen_ai"),
    first_token_events=("ai.stream.firstChunk",),
    arms=(
        *arms("operation", "ai.operationId"),
        *arms("provider", "ai.model.provider", rank=2),
        *arms("request_model", "ai.model.id", rank=1),
        *arms("response_model", "ai.response.model"),
        *arms("response_id", "ai.response.id"),
        *arms("session_id", "ai.telemetry.metadata.sessionId"),
        *arms("user_id", "ai.telemetry.metadata.userId", "ai.settings.context.userId", rank=1),
        *arms("workflow_name", "ai.telemetry.functionId", "resource.name", rank=3),
        *arms("input_tokens", "ai.usage.inputTokens", "ai.usage.promptTokens", "ai.usage.tokens", rank=2),
        *arms("output_tokens", "ai.usage.outputTokens", "ai.usage.completionTokens", rank=2),
        *arms("total_tokens", "ai.usage.totalTokens"),
        *arms("cache_read_tokens", "ai.usage.inputTokenDetails.cacheReadTokens", "ai.usage.cachedInputTokens"),
        *arms("cache_write_tokens", "ai.usage.inputTokenDetails.cacheWriteTokens"),
        *arms("reasoning_tokens", "ai.usage.outputTokenDetails.reasoningTokens", "ai.usage.reasoningTokens", rank=2),
        *bag(
            "ai.response.providerMetadata",
            rank=9,
            cache_read_tokens=("openai.cachedPromptTokens", "anthropic.usage.cache_read_input_tokens"),
            cache_write_tokens=("anthropic.usage.cache_creation_input_tokens", "anthropic.cacheCreationInputTokens"),
        ),
        *bag("ai.response.providerMetadata", rank=9, reasoning_tokens="openai.reasoningTokens"),
        *arms("ttft_ms", "ai.response.msToFirstChunk", "ai.stream.msToFirstChunk"),
        *arms("e2e_ms", "ai.response.msToFinish", "ai.stream.msToFinish"),
        *arms("tokens_per_second", "ai.response.avgOutputTokensPerSecond", "ai.response.avgCompletionTokensPerSecond"),
        Arm("is_stream", "ai.operationId", values=STREAMS, rank=9),
        *arms("finish_reason", "ai.response.finishReason", "ai.finishReason"),
        *arms("tool_name", "ai.toolCall.name"),
        *arms("tool_call_id", "ai.toolCall.id"),
    ),
    content=(
        "ai.prompt.messages",
        "ai.prompt",
        "ai.response.text",
        "ai.response.object",
        "ai.response.toolCalls",
        "ai.response.reasoning",
        "ai.result.text",
        "ai.result.object",
        "ai.result.toolCalls",
        "ai.toolCall.args",
        "ai.toolCall.result",
        "ai.value",
        "ai.values",
        "ai.documents",
    ),
    known=(
        "operation.name",
        "ai.settings.*",
        "ai.prompt.*",
        "ai.request.headers.*",
        "ai.telemetry.metadata.*",
        "ai.response.timestamp",
        "ai.response.providerMetadata",
        "ai.usage.*",
        "ai.embedding",
        "ai.embeddings",
        "ai.ranking",
        "ai.schema*",
        "gen_ai.client.operation.*",
        "gen_ai.execute_tool.duration",
    ),
)
