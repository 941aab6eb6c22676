"""What was said in a span, whatever dialect it was written in: turns of parts, each part plain text.

OpenTelemetry GenAI (attributes or the details event, then the older per-message events), OpenInference, OpenLLMetry,
and the bare ``input.value``. Unknown shapes become JSON text; nothing from a span is ever more than text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

Attributes = Mapping[str, str]
Event = tuple[str, Attributes]
DETAILS = "gen_ai.client.inference.operation.details"
OLD_EVENT = re.compile(r"^gen_ai\.(system|user|assistant|tool)\.message$")
INDEXED = (
    # OpenInference, then OpenLLMetry: one attribute a field, numbered
    ("in", re.compile(r"^llm\.input_messages\.(\d+)\.message\.(.+)$")),
    ("out", re.compile(r"^llm\.output_messages\.(\d+)\.message\.(.+)$")),
    ("in", re.compile(r"^gen_ai\.prompt\.(\d+)\.(.+)$")),
    ("out", re.compile(r"^gen_ai\.completion\.(\d+)\.(.+)$")),
)
INDEXED_TOOL = re.compile(r"^tool_calls\.(\d+)\.(?:tool_call\.)?(?:function\.)?(name|arguments)$")
DOCUMENT = re.compile(r"^retrieval\.documents\.(\d+)\.document\.(content|score|id)$")


@dataclass(frozen=True, slots=True)
class Part:
    """One piece: ``kind`` is text, reasoning, tool_call, tool_result, document or other; ``name`` the tool or score."""

    kind: str
    text: str
    name: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker said at once. ``side`` is in or out of the call."""

    role: str
    parts: Sequence[Part]
    side: str = "in"


def conversation(attributes: Attributes, events: Sequence[Event] = ()) -> list[Turn]:
    """Return the turns of one span in order; empty when it carries no content."""
    readers = (_genai, _old_events, _indexed, _tool, _documents, _values)
    for reader in readers:
        turns = [turn for turn in reader(attributes, events) if turn.parts]
        if turns:
            return _named(turns)
    return []


def _named(turns: Sequence[Turn]) -> list[Turn]:
    """Give each answer of a tool the name that its call had; they share an id."""
    names = {part.id: part.name for turn in turns for part in turn.parts if part.id and part.name}
    return [
        replace(turn, parts=[part if part.name else replace(part, name=names.get(part.id, "")) for part in turn.parts])
        for turn in turns
    ]


def _genai(attributes: Attributes, events: Sequence[Event]) -> Iterator[Turn]:
    details = next((found for name, found in events if name == DETAILS), {})
    given = {**details, **attributes}
    if system := given.get("gen_ai.system_instructions"):
        yield Turn("system", list(_parts(_json(system))))
    yield from _messages(given.get("gen_ai.input.messages", ""), "in")
    yield from _messages(given.get("gen_ai.output.messages", ""), "out")


def _messages(text: str, side: str) -> Iterator[Turn]:
    if not text:
        return
    found = _json(text)
    for one in found if isinstance(found, list) else [found]:
        if not isinstance(one, dict):
            yield Turn("assistant" if side == "out" else "user", [Part("text", _text(one))], side)
            continue
        role = one.get("role")
        parts = one.get("parts", one.get("content", one if not role else None))
        yield Turn(_text(role) if role else ("assistant" if side == "out" else "user"), list(_parts(parts)), side)


def _parts(found: Any) -> Iterator[Part]:  # noqa: ANN401 (JSON)
    if isinstance(found, str):
        yield Part("text", found)
    elif isinstance(found, dict):
        yield _part(found)
    elif isinstance(found, list):
        for one in found:
            yield _part(one) if isinstance(one, dict) else Part("text", _text(one))


def _part(found: Mapping[str, Any]) -> Part:
    kind = found.get("type")
    if kind in ("text", "reasoning", "thinking"):
        said = found.get("content", found.get("text", ""))
        return Part("text" if kind == "text" else "reasoning", _text(said))
    if kind == "tool_call":
        return Part(
            "tool_call", _text(found.get("arguments", "")), _text(found.get("name", "")), _text(found.get("id", ""))
        )
    if kind in ("tool_call_response", "tool_result"):
        said = next((found[key] for key in ("response", "result", "content") if key in found), "")
        return Part("tool_result", _text(said), _text(found.get("name", "")), _text(found.get("id", "")))
    return Part("other", _text(found), kind if isinstance(kind, str) else "")


def _old_events(_: Attributes, events: Sequence[Event]) -> Iterator[Turn]:
    for name, body in events:
        if matched := OLD_EVENT.match(name):
            yield Turn(matched[1], [Part("text", _text(_json(body.get("content", ""))))])
        elif name in ("gen_ai.content.prompt", "gen_ai.content.completion"):
            side = "in" if name.endswith("prompt") else "out"
            said = body.get("gen_ai.prompt") or body.get("gen_ai.completion") or ""
            yield Turn("user" if side == "in" else "assistant", [Part("text", said)], side)
        elif name == "gen_ai.choice":
            found = _json(body.get("message", body.get("content", "")))
            said = found.get("content", found) if isinstance(found, dict) else found
            yield Turn("assistant", [Part("text", _text(said))], "out")


def _indexed(attributes: Attributes, _: Sequence[Event]) -> Iterator[Turn]:
    for side, pattern in INDEXED:
        messages: dict[int, dict[str, str]] = {}
        for key, value in attributes.items():
            if matched := pattern.match(key):
                messages.setdefault(int(matched[1]), {})[matched[2]] = value
        for _number, fields in sorted(messages.items()):
            role = fields.get("role") or ("user" if side == "in" else "assistant")
            yield Turn(role, list(_indexed_parts(fields)), side)


def _indexed_parts(fields: Mapping[str, str]) -> Iterator[Part]:
    said = fields.get("content") or "\n".join(
        value for key, value in sorted(fields.items()) if key.startswith("contents.") and key.endswith(".text")
    )
    if said:
        yield Part("text", said)
    calls: dict[int, dict[str, str]] = {}
    for key, value in fields.items():
        if matched := INDEXED_TOOL.match(key):
            calls.setdefault(int(matched[1]), {})[matched[2]] = value
    for _number, call in sorted(calls.items()):
        yield Part("tool_call", call.get("arguments", ""), call.get("name", ""))


def _tool(attributes: Attributes, _: Sequence[Event]) -> Iterator[Turn]:
    name = attributes.get("gen_ai.tool.name") or attributes.get("tool.name") or ""
    arguments = attributes.get("gen_ai.tool.call.arguments") or attributes.get("tool.parameters")
    if arguments:
        yield Turn("tool", [Part("tool_call", arguments, name)])
    if result := attributes.get("gen_ai.tool.call.result"):
        yield Turn("tool", [Part("tool_result", result, name)], "out")


def _documents(attributes: Attributes, _: Sequence[Event]) -> Iterator[Turn]:
    query = attributes.get("gen_ai.retrieval.query.text") or attributes.get("input.value")
    documents: dict[int, dict[str, str]] = {}
    for key, value in attributes.items():
        if matched := DOCUMENT.match(key):
            documents.setdefault(int(matched[1]), {})[matched[2]] = value
    if told := attributes.get("gen_ai.retrieval.documents"):
        found = _json(told)
        for number, one in enumerate(found if isinstance(found, list) else [found]):
            fields = one if isinstance(one, dict) else {"content": one}
            documents[number] = {key: _text(value) for key, value in fields.items()}
    if query and documents:
        yield Turn("query", [Part("text", query)])
    if documents:
        yield Turn("documents", list(_document_parts(documents.items())), "out")


def _document_parts(documents: Iterable[tuple[int, Mapping[str, str]]]) -> Iterator[Part]:
    for _number, fields in sorted(documents, key=lambda one: one[0]):
        name = " · ".join(fields[key] for key in ("id", "score") if fields.get(key))
        yield Part("document", fields.get("content", ""), name)


def _values(attributes: Attributes, _: Sequence[Event]) -> Iterator[Turn]:
    for key, role, side in (("input.value", "input", "in"), ("output.value", "output", "out")):
        if value := attributes.get(key):
            yield Turn(role, [Part("text", value)], side)


def _json(text: str) -> Any:  # noqa: ANN401 (JSON)
    try:
        return json.loads(text)
    except ValueError:
        return text


def _text(found: object) -> str:
    return found if isinstance(found, str) else json.dumps(found, ensure_ascii=False, indent=2)
