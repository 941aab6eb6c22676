"""Spans as Traceloop's LangChain instrumentation has them: a workflow over tasks over the model's calls."""

from __future__ import annotations

import json

from spanwarden.demo.calls import NONE, Call
from spanwarden.demo.cast import STEPS
from spanwarden.demo.roles import Model, Step, Stream
from spanwarden.demo.spans import CLIENT, INTERNAL, Span, Value, response_id, session, user
from spanwarden.demo.texts import answer, input_messages, output_messages, prompt

SCOPE = "opentelemetry.instrumentation.langchain"
KINDS = {"invoke_workflow": "workflow", "chain": "task"}
WORKFLOW = "weekly-report"


def traceloop(call: Call, stream: Stream, error: str) -> Span:
    """Return the span of ``call``; ``error`` is its error type, '' when it went well."""
    step = STEPS[call.step]
    given: dict[str, Value] = {
        "traceloop.workflow.name": WORKFLOW,
        "traceloop.association.properties.session_id": session(call),
        "traceloop.association.properties.user_id": user(call),
    }
    if error:
        given["error.type"] = error
    if step.model:
        given |= _model(call, stream, step.model, error)
        return Span("ChatOpenAI.chat", CLIENT, SCOPE, given, [], error)
    given |= _entity(call, stream, step)
    return Span(f"{step.target}.{KINDS[step.operation]}", INTERNAL, SCOPE, given, [], error)


def _entity(call: Call, stream: Stream, step: Step) -> dict[str, Value]:
    given: dict[str, Value] = {"traceloop.span.kind": KINDS[step.operation], "traceloop.entity.name": step.target}
    if call.content != NONE:
        given["traceloop.entity.input"] = json.dumps({"inputs": prompt(stream.service, call.content)})
    return given


def _model(call: Call, stream: Stream, model: Model, error: str) -> dict[str, Value]:
    given: dict[str, Value] = {
        "gen_ai.provider.name": model.provider,
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": model.name,
        "gen_ai.request.temperature": 0.2,
        "traceloop.association.properties.ls_provider": model.provider,
        "traceloop.association.properties.ls_model_name": model.name,
    }
    if not error:
        given |= {
            "gen_ai.response.model": model.name,
            "gen_ai.response.id": response_id(call),
            "gen_ai.response.finish_reasons": ["stop"],
            "gen_ai.usage.input_tokens": call.input_tokens,
            "gen_ai.usage.output_tokens": call.output_tokens,
            "gen_ai.usage.total_tokens": call.input_tokens + call.output_tokens,
            "gen_ai.usage.cache_read.input_tokens": call.cached_tokens,
        }
    if call.content != NONE:
        given["gen_ai.input.messages"] = input_messages(prompt(stream.service, call.content))
        if not error:
            text = answer(stream.service, call.content, call.output_tokens)
            given["gen_ai.output.messages"] = output_messages(text, "stop")
    return given
