"""Spans as Vercel's AI SDK has them: an outer operation over its calls of the model and its tools."""

from __future__ import annotations

import json

from spanwarden.demo.calls import NONE, Call
from spanwarden.demo.cast import STEPS
from spanwarden.demo.roles import Model, Step, Stream
from spanwarden.demo.spans import INTERNAL, Event, Span, Value, reasoning_tokens, response_id, session, user
from spanwarden.demo.texts import answer, prompt, tool_call

SCOPE = "ai"
FUNCTION = "shop-helper"
PROVIDERS = {"gcp.gemini": "google.generative-ai"}
OUTER, INNER, TOOL = "ai.streamText", "ai.streamText.doStream", "ai.toolCall"


def vercel(call: Call, stream: Stream, error: str) -> Span:
    """Return the span of ``call``; ``error`` is its error type, '' when it went well."""
    step = STEPS[call.step]
    if step.operation == "execute_tool":
        name, given = TOOL, _tool(call, step, error)
    elif step.model:
        name, given = INNER, _model(call, stream, step.model, error)
    else:
        name, given = OUTER, _outer(call, stream)
    told = _common(call, name) | given
    if error:
        told["error.type"] = error
    return Span(name, INTERNAL, SCOPE, told, _events(call, error), error)


def _common(call: Call, name: str) -> dict[str, Value]:
    return {
        "operation.name": f"{name} {FUNCTION}",
        "ai.operationId": name,
        "resource.name": FUNCTION,
        "ai.telemetry.functionId": FUNCTION,
        "ai.telemetry.metadata.sessionId": session(call),
        "ai.telemetry.metadata.userId": user(call),
    }


def _outer(call: Call, stream: Stream) -> dict[str, Value]:
    given: dict[str, Value] = {"gen_ai.agent.name": FUNCTION}
    if call.content != NONE:
        given["ai.prompt"] = json.dumps({"prompt": prompt(stream.service, call.content)})
    return given


def _tool(call: Call, step: Step, error: str) -> dict[str, Value]:
    given: dict[str, Value] = {"ai.toolCall.name": step.target, "ai.toolCall.id": f"call_{call.span:x}"}
    if call.content != NONE:
        arguments, result = tool_call(step.target, call.content)
        given |= {"ai.toolCall.args": arguments, "ai.toolCall.result": "" if error else result}
    return given


def _model(call: Call, stream: Stream, model: Model, error: str) -> dict[str, Value]:
    given: dict[str, Value] = {
        "ai.model.provider": PROVIDERS[model.provider],
        "ai.model.id": model.name,
        "gen_ai.system": PROVIDERS[model.provider],
        "gen_ai.request.model": model.name,
    }
    if call.content != NONE:
        asked = [{"role": "user", "content": [{"type": "text", "text": prompt(stream.service, call.content)}]}]
        given["ai.prompt.messages"] = json.dumps(asked, ensure_ascii=False)
        if not error:
            given["ai.response.text"] = answer(stream.service, call.content, call.output_tokens)
    return given if error else given | _usage(call, model.name)


def _usage(call: Call, model: str) -> dict[str, Value]:
    given: dict[str, Value] = {
        "ai.response.id": response_id(call),
        "ai.response.model": model,
        "ai.response.finishReason": "stop",
        "ai.response.msToFirstChunk": round(call.ttft_ms, 1),
        "ai.usage.inputTokens": call.input_tokens,
        "ai.usage.outputTokens": call.output_tokens,
        "ai.usage.reasoningTokens": reasoning_tokens(call, model),
        "ai.usage.cachedInputTokens": call.cached_tokens,
        "gen_ai.usage.input_tokens": call.input_tokens,
        "gen_ai.usage.output_tokens": call.output_tokens,
    }
    return given


def _events(call: Call, error: str) -> list[Event]:
    if error or not call.ttft_ms > 0:
        return []
    return [("ai.stream.firstChunk", call.start_ns + int(call.ttft_ms * 1e6), {})]
