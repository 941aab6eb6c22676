"""Answers in the bytes of OpenAI's API: a JSON body, a stream of server-sent events, an error."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Iterator

from tests.capture.answers import CREATED, FAULTS, Answer, Json


def usage(answer: Answer) -> Json:
    """The usage block; embeddings have no output."""
    if answer.output_tokens is None:
        return {"prompt_tokens": answer.input_tokens, "total_tokens": answer.input_tokens}
    return {
        "prompt_tokens": answer.input_tokens,
        "completion_tokens": answer.output_tokens,
        "total_tokens": answer.input_tokens + answer.output_tokens,
        "prompt_tokens_details": {"cached_tokens": answer.cached_tokens, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": answer.reasoning_tokens, "audio_tokens": 0},
    }


def chat_body(answer: Answer) -> Json:
    """The reply to a request that does not stream."""
    message: Json = {"role": "assistant", "content": answer.text or None, "refusal": None}
    if answer.tool_calls:
        message["tool_calls"] = answer.tool_calls
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": answer.finish_reason}
    return _head(answer, "chat.completion") | {"choices": [choice], "usage": usage(answer)}


def chat_events(answer: Answer, with_usage: bool) -> Iterator[bytes]:
    """The reply as a stream: role, pieces, finish reason, usage when it was asked for, the end."""
    head = _head(answer, "chat.completion.chunk") | ({"usage": None} if with_usage else {})
    yield _event(head | {"choices": [_delta({"role": "assistant", "content": ""})]})
    for part in answer.parts:
        yield _event(head | {"choices": [_delta({"content": part})]})
    for index, call in enumerate(answer.tool_calls):
        yield _event(head | {"choices": [_delta({"tool_calls": [{"index": index} | call]})]})
    yield _event(head | {"choices": [_delta({}) | {"finish_reason": answer.finish_reason}]})
    if with_usage:
        yield _event(head | {"choices": [], "usage": usage(answer)})
    yield b"data: [DONE]\n\n"


def responses_body(answer: Answer) -> Json:
    """The reply of the API that OpenAI names Responses."""
    part = {"type": "output_text", "text": answer.text, "annotations": [], "logprobs": []}
    message = {"type": "message", "id": f"msg_{answer.id[5:]}", "status": "completed", "role": "assistant"}
    return {
        "id": answer.id,
        "object": "response",
        "created_at": CREATED,
        "status": "completed",
        "model": answer.model,
        "output": [message | {"content": [part]}],
        "parallel_tool_calls": True,
        "service_tier": "default",
        "tool_choice": "auto",
        "tools": [],
        "temperature": 1.0,
        "top_p": 1.0,
        "usage": {
            "input_tokens": answer.input_tokens,
            "input_tokens_details": {"cached_tokens": answer.cached_tokens, "cache_write_tokens": 0},
            "output_tokens": answer.output_tokens,
            "output_tokens_details": {"reasoning_tokens": answer.reasoning_tokens},
            "total_tokens": answer.input_tokens + (answer.output_tokens or 0),
        },
    }


def embeddings_body(answer: Answer, as_base64: bool) -> Json:
    """A vector for each text, as floats or as base64 of little-endian 32-bit floats."""
    vectors = [_base64(vector) if as_base64 else vector for vector in answer.vectors]
    data = [{"object": "embedding", "index": index, "embedding": vector} for index, vector in enumerate(vectors)]
    return {"object": "list", "data": data, "model": answer.model, "usage": usage(answer)}


def error_body(status: int) -> Json:
    """OpenAI's error object."""
    kind, code, message = FAULTS[status]
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


def _head(answer: Answer, kind: str) -> Json:
    return {
        "id": answer.id,
        "object": kind,
        "created": CREATED,
        "model": answer.model,
        "service_tier": "default",
        "system_fingerprint": "fp_capture",
    }


def _delta(delta: Json) -> Json:
    return {"index": 0, "delta": delta, "logprobs": None, "finish_reason": None}


def _event(value: Json) -> bytes:
    return b"data: " + json.dumps(value).encode() + b"\n\n"


def _base64(vector: list[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
