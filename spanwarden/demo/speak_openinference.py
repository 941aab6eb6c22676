"""Spans as OpenInference has them: a chain over its embedding, retriever and model calls."""

from __future__ import annotations

from spanwarden.demo.calls import NONE, ROOT, Call
from spanwarden.demo.cast import STEPS
from spanwarden.demo.roles import Model, Stream
from spanwarden.demo.spans import ERROR_MESSAGES, INTERNAL, Event, Span, Value, documents, session, user
from spanwarden.demo.texts import PASSAGES, answer, prompt

SCOPE = "openinference.instrumentation.langchain"


def openinference(call: Call, stream: Stream, error: str) -> Span:
    """Return the span of ``call``; ``error`` is its error type, '' when it went well."""
    step = STEPS[call.step] if call.step != ROOT else None
    operation = step.operation if step else stream.root
    name, given = stream.root_name, {"openinference.span.kind": "CHAIN", **_common(call, stream)}
    if step and step.model and operation == "chat":
        name, given = "ChatCompletion", given | _completion(call, stream, step.model, error)
    elif step and step.model:
        name, given = "CreateEmbeddings", given | _embedding(call, step.model, error)
    elif step and operation == "retrieval":
        name, given = "VectorStoreRetriever", given | _documents(call, step.target, error)
    return Span(name, INTERNAL, SCOPE, given, _events(call, error), error)


def _common(call: Call, stream: Stream) -> dict[str, Value]:
    given: dict[str, Value] = {"session.id": session(call), "user.id": user(call)}
    if call.content != NONE:
        given |= {"input.value": prompt(stream.service, call.content), "input.mime_type": "text/plain"}
    return given


def _events(call: Call, error: str) -> list[Event]:
    if error:
        return [("exception", call.end_ns, {"exception.type": error, "exception.message": ERROR_MESSAGES[error]})]
    if call.ttft_ms > 0:
        return [("First Token Stream Event", call.start_ns + int(call.ttft_ms * 1e6), {})]
    return []


def _embedding(call: Call, model: Model, error: str) -> dict[str, Value]:
    given: dict[str, Value] = {
        "openinference.span.kind": "EMBEDDING",
        "embedding.model_name": model.name,
        "llm.provider": model.provider,
    }
    return given if error else given | {"llm.token_count.prompt": call.input_tokens}


def _documents(call: Call, source: str, error: str) -> dict[str, Value]:
    given: dict[str, Value] = {"openinference.span.kind": "RETRIEVER", "db.collection.name": source}
    if error:
        return given
    for place, (name, score) in enumerate(documents(call, source)):
        document = f"retrieval.documents.{place}.document"
        given |= {f"{document}.id": name, f"{document}.score": score}
        if call.content != NONE:
            given[f"{document}.content"] = PASSAGES[(call.content + place) % len(PASSAGES)]
    return given


def _completion(call: Call, stream: Stream, model: Model, error: str) -> dict[str, Value]:
    given: dict[str, Value] = {
        "openinference.span.kind": "LLM",
        "llm.provider": model.provider,
        "llm.system": model.provider,
        "llm.model_name": model.name,
        "llm.invocation_parameters": '{"temperature": 0.2, "stream": true}',
    }
    if not error:
        given |= _usage(call)
    if call.content != NONE:
        given["llm.input_messages.0.message.role"] = "user"
        given["llm.input_messages.0.message.content"] = prompt(stream.service, call.content)
        if not error:
            text = answer(stream.service, call.content, call.output_tokens)
            given["output.value"] = text
            given["llm.output_messages.0.message.role"] = "assistant"
            given["llm.output_messages.0.message.content"] = text
    return given


def _usage(call: Call) -> dict[str, Value]:
    given: dict[str, Value] = {
        "llm.token_count.prompt": call.input_tokens,
        "llm.token_count.completion": call.output_tokens,
        "llm.token_count.total": call.input_tokens + call.output_tokens,
        "llm.finish_reason": "stop",
    }
    if call.cached_tokens:
        given["llm.token_count.prompt_details.cache_read"] = call.cached_tokens
    return given
