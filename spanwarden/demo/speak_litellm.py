"""Spans as LiteLLM's gateway has them: who pays (team, key) beside the call, and the cost as it reckoned it."""

from __future__ import annotations

from spanwarden.demo.calls import NONE, Call
from spanwarden.demo.cast import STEPS
from spanwarden.demo.roles import Stream
from spanwarden.demo.spans import (
    ERROR_MESSAGES,
    INTERNAL,
    Span,
    Value,
    api_key,
    reasoning_tokens,
    response_id,
    team,
    user,
)
from spanwarden.demo.texts import answer, input_messages, output_messages, prompt

SCOPE = "litellm"
# As LiteLLM names a provider where OpenTelemetry has another word.
SYSTEMS = {"gcp.gemini": "gemini", "mistral_ai": "mistral"}


def litellm(call: Call, stream: Stream, error: str) -> Span:
    """Return the span of ``call``; ``error`` is its error type, '' when it went well."""
    step = STEPS[call.step]
    provider = step.model.provider if step.model else ""
    given: dict[str, Value] = {
        "gen_ai.operation.name": "chat",
        "llm.request.type": "completion",
        "gen_ai.system": SYSTEMS.get(provider, provider),
        "gen_ai.request.model": step.target,
        "llm.is_streaming": "True",
        **_payer(call),
        **({"error.type": error, "error.message": ERROR_MESSAGES[error]} if error else _answered(call, step.target)),
    }
    if call.content != NONE:
        given["gen_ai.input.messages"] = input_messages(prompt(stream.service, call.content))
        if not error:
            text = answer(stream.service, call.content, call.output_tokens)
            given["gen_ai.output.messages"] = output_messages(text, "stop")
    return Span("litellm_request", INTERNAL, SCOPE, given, [], error)


def _payer(call: Call) -> dict[str, Value]:
    return {
        "metadata.user_api_key_alias": api_key(call),
        "metadata.user_api_key_team_alias": team(call),
        "metadata.user_api_key_team_id": f"team-{team(call)}",
        "metadata.user_api_key_end_user_id": user(call),
        "metadata.user_api_key_org_id": "",
        "metadata.applied_guardrails": "[]",
    }


def _answered(call: Call, model: str) -> dict[str, Value]:
    given: dict[str, Value] = {
        "gen_ai.response.id": response_id(call),
        "gen_ai.response.model": model,
        "gen_ai.response.finish_reasons": '["stop"]',
        "gen_ai.usage.input_tokens": call.input_tokens,
        "gen_ai.usage.output_tokens": call.output_tokens,
        "gen_ai.usage.total_tokens": call.input_tokens + call.output_tokens,
    }
    if call.cached_tokens:
        given["gen_ai.usage.cache_read.input_tokens"] = call.cached_tokens
    if reasoning := reasoning_tokens(call, model):
        given["gen_ai.usage.reasoning_tokens"] = reasoning
    return given
