"""The pieces of a message, as each API and framework spells them, in one form.

OpenTelemetry (``parts`` of text, tool_call, tool_call_response, reasoning, blob, uri, file), OpenAI's chat and
responses, Anthropic, Gemini, the Vercel AI SDK (``tool-call``), LangChain (``tool_calls`` of ``args``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dashboard.read.conversation.turns import Json, Part, as_text

Fields = Mapping[str, Any]
DEEPEST = 8
TEXTS = frozenset({"text", "input_text", "output_text", "refusal", "summary_text"})
REASONS = frozenset({"reasoning", "thinking", "redacted_thinking"})
CALLS = frozenset({"tool_call", "tool-call", "tool_use", "function_call", "server_tool_call"})
RESULTS = frozenset(
    {"tool_call_response", "tool_result", "tool-result", "function_call_output", "server_tool_call_response"}
)


def parts_of(found: Json, depth: int = 0) -> Iterator[Part]:
    """Yield the parts of a message's content: a text, a part, or a list of either; a deep list is shown as it is."""
    if isinstance(found, str):
        if found:
            yield Part("text", found)
    elif isinstance(found, dict):
        part = part_of(found)
        if part.text or part.kind != "text":
            yield part
    elif isinstance(found, list) and depth < DEEPEST:
        for one in found:
            yield from parts_of(one, depth + 1)
    elif found is not None:
        yield Part("text", as_text(found))


def part_of(found: Fields) -> Part:
    """Return one part; one of a shape that is not known is its JSON."""
    kind = found.get("type")
    if kind in TEXTS or (kind is None and isinstance(found.get("text"), str)):
        return Part("text", as_text(_first(found, "content", "text", "refusal")))
    if kind in REASONS:
        return Part("reasoning", as_text(_first(found, "content", "text", "thinking", "summary")))
    if kind in CALLS or "functionCall" in found or "function_call" in found:
        return call_of(found)
    if kind in RESULTS or "functionResponse" in found or "function_response" in found:
        return result_of(found)
    return _other(found, kind)


def call_of(found: Fields) -> Part:
    """Return a call of a tool: its arguments are an object or text."""
    inner = _first(found, "function", "functionCall", "function_call")
    fields = {**found, **inner} if isinstance(inner, dict) else found
    return Part(
        "tool_call",
        as_text(_first(fields, "arguments", "args", "input")),
        as_text(_first(fields, "name", "toolName")),
        as_text(_first(found, "call_id", "id", "toolCallId", "tool_call_id")),
    )


def result_of(found: Fields) -> Part:
    """Return what a tool answered: a ``response``, a ``result``, an ``output`` or content."""
    inner = _first(found, "functionResponse", "function_response")
    fields = {**found, **inner} if isinstance(inner, dict) else found
    said = _first(fields, "response", "result", "output", "content")
    if isinstance(said, dict) and said.keys() == {"type", "value"}:  # the Vercel AI SDK names the type beside it
        said = said["value"]
    if isinstance(said, list) and all(isinstance(one, dict) and one.get("type") == "text" for one in said):
        said = "\n".join(as_text(one.get("text")) for one in said)
    return Part(
        "tool_result",
        as_text(said),
        as_text(_first(fields, "name", "toolName")),
        as_text(_first(found, "tool_call_id", "tool_use_id", "call_id", "id", "toolCallId")),
    )


def _other(found: Fields, kind: Json) -> Part:
    """Return what is no text: where it lies, or how much of it there is; a picture's bytes tell a reader nothing."""
    name = kind if isinstance(kind, str) else ""
    url = _first(found, "uri", "url", "image_url", "file_id", "file_uri")
    url = url.get("url") if isinstance(url, dict) else url
    if isinstance(url, str) and url:
        return Part("other", url if not url.startswith("data:") else f"{url.partition(',')[0]}, …", name)
    if kind == "blob" or ("mime_type" in found and isinstance(found.get("content"), str)):
        amount = len(as_text(found.get("content")))
        return Part("other", f"{as_text(found.get('mime_type'))}, {amount:,} characters of base64", name or "blob")
    return Part("other", as_text(dict(found)), name)


def _first(found: Fields, *keys: str) -> Json:
    return next((found[key] for key in keys if found.get(key) is not None), None)
