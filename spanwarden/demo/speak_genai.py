"""Spans as OpenTelemetry's GenAI conventions have them: what ``opentelemetry-util-genai`` and agents emit."""

from __future__ import annotations

import json

from spanwarden.demo.calls import NONE, ROOT, Call
from spanwarden.demo.cast import SPARSE_SERVICE, STEPS
from spanwarden.demo.roles import OTEL_EVENTS, Model, Step, Stream
from spanwarden.demo.spans import (
    CLIENT,
    INTERNAL,
    MOST_DOCUMENTS,
    Extras,
    Span,
    Value,
    documents,
    reasoning_tokens,
    response_id,
    session,
    user,
)
from spanwarden.demo.texts import PROMPTS, answer, input_messages, output_messages, prompt, prompt_version, tool_call

SHORT = 60


def genai(call: Call, stream: Stream, error: str, extras: Extras) -> Span:
    """Return the span of ``call``; ``error`` is its error type, '' when it went well."""
    if call.step == ROOT:
        return _agent(call, stream, Step(stream.root, stream.root_name, agent=stream.agent_name), error)
    step = STEPS[call.step]
    if step.model:
        return _model(call, stream, step, step.model, error, extras)
    if step.operation == "retrieval":
        return _retrieval(call, stream, step, error)
    if step.operation == "execute_tool":
        return _tool(call, stream, step, error, extras)
    return _agent(call, stream, step, error)


def _common(call: Call, stream: Stream, step: Step) -> dict[str, Value]:
    given: dict[str, Value] = {
        "gen_ai.operation.name": step.operation,
        "gen_ai.conversation.id": session(call),
        "user.id": user(call),
    }
    if agent := step.agent or stream.agent_name:
        given["gen_ai.agent.name"] = agent
    return given


def _shows(call: Call, stream: Stream) -> bool:
    """Whether the span carries what was said; a dialect with events leaves it to them."""
    return call.content != NONE and stream.dialect != OTEL_EVENTS


def _agent(call: Call, stream: Stream, step: Step, error: str) -> Span:
    given = _common(call, stream, step)
    if step.operation == "invoke_workflow":
        given["gen_ai.workflow.name"] = step.target
    if _shows(call, stream):
        given["gen_ai.input.messages"] = input_messages(prompt(stream.service, call.content))
        if stream.scene and not error:
            given["gen_ai.output.messages"] = output_messages(answer(stream.service, call.content, SHORT), "stop")
    if error:
        given["error.type"] = error
    return Span(f"{step.operation} {step.target}", INTERNAL, f"{stream.service}.agent", given, [], error)


def _retrieval(call: Call, stream: Stream, step: Step, error: str) -> Span:
    given = _common(call, stream, step) | {"gen_ai.data_source.id": step.target, "gen_ai.request.top_k": MOST_DOCUMENTS}
    if _shows(call, stream):
        given["gen_ai.retrieval.query.text"] = prompt(stream.service, call.content)
    if error:
        given["error.type"] = error
    else:
        found = [{"id": name, "score": score} for name, score in documents(call, step.target)]
        given["gen_ai.retrieval.documents"] = json.dumps(found)
    return Span(f"retrieval {step.target}", CLIENT, f"{stream.service}.search", given, [], error)


def _tool(call: Call, stream: Stream, step: Step, error: str, extras: Extras) -> Span:
    given = _common(call, stream, step)
    given |= {
        "gen_ai.tool.name": step.target,
        "gen_ai.tool.type": "function",
        "gen_ai.tool.call.id": f"call_{call.span:x}",
    }
    if call.content != NONE:
        arguments, result = tool_call(step.target, call.content)
        secret = extras.secrets.get(call.span)
        given["gen_ai.tool.call.arguments"] = arguments if not secret else json.dumps({"note": secret.sentence})
        given["gen_ai.tool.call.result"] = result if not error else ""
    if error:
        given["error.type"] = error
    return Span(f"execute_tool {step.target}", INTERNAL, f"{stream.service}.agent", given, [], error)


def _model(call: Call, stream: Stream, step: Step, model: Model, error: str, extras: Extras) -> Span:
    given = _common(call, stream, step) | {
        "gen_ai.provider.name": model.provider,
        "gen_ai.request.model": model.name,
        "gen_ai.request.stream": True,
        "gen_ai.request.temperature": 0.7,
        "gen_ai.request.max_tokens": step.most_output,
        "server.address": model.server,
        "server.port": 443,
    }
    if stream.service in PROMPTS:
        given |= {"gen_ai.prompt.name": PROMPTS[stream.service], "gen_ai.prompt.version": prompt_version(call)}
    given |= {"error.type": error} if error else _response(call, stream, step, model, extras)
    if _shows(call, stream) and not step.repeats:
        given["gen_ai.input.messages"] = _asked(call, stream, extras)
        if not error:
            text = answer(stream.service, call.content, call.output_tokens)
            given["gen_ai.output.messages"] = output_messages(text, _finish(call, step))
    scope = f"opentelemetry.instrumentation.genai.{model.provider}"
    return Span(f"{step.operation} {model.name}", CLIENT, scope, given, [], error)


def _response(call: Call, stream: Stream, step: Step, model: Model, extras: Extras) -> dict[str, Value]:
    given: dict[str, Value] = {
        "gen_ai.response.model": model.name,
        "gen_ai.response.id": response_id(call, step.repeats),
        "gen_ai.response.finish_reasons": [_finish(call, step)],
        "gen_ai.response.time_to_first_chunk": round(call.ttft_ms / 1000, 4),
        "gen_ai.usage.input_tokens": call.input_tokens,
        "gen_ai.usage.output_tokens": call.output_tokens,
    }
    if step.operation == "embeddings":
        del given["gen_ai.usage.output_tokens"], given["gen_ai.response.time_to_first_chunk"]
    if reasoning := reasoning_tokens(call, model.name):
        given["gen_ai.usage.reasoning.output_tokens"] = reasoning
    if call.cached_tokens:
        given["gen_ai.usage.cache_read.input_tokens"] = call.cached_tokens
    if call.span in extras.token_ids:
        given["spanwarden.output.token_ids"] = extras.token_ids[call.span]
    if stream.service == SPARSE_SERVICE:
        given["spanwarden.output.mark"] = "c2pa"
    return given


def _finish(call: Call, step: Step) -> str:
    return "length" if call.output_tokens >= step.most_output else "stop"


def _asked(call: Call, stream: Stream, extras: Extras) -> str:
    text = prompt(stream.service, call.content)
    secret = extras.secrets.get(call.span)
    return input_messages(f"{text} {secret.sentence}" if secret else text)
