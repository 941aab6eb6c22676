"""Content in a span's events and in its log records: the same names, the content in other places.

A log record says it in its body (an event's name, a body of fields), a span event in attributes. The details event
carries whole messages, as a span's attributes would.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dashboard.read.conversation.messages import turns_of, turns_of_text
from dashboard.read.conversation.turns import Attributes, Json, Told, Turn, as_json, as_text

DETAILS = "gen_ai.client.inference.operation.details"
MESSAGE = re.compile(r"^gen_ai\.(system|user|assistant|tool)\.message$")
# Events that carry a whole side: name -> the attribute and the side.
WHOLE = {
    "gen_ai.content.prompt": ("gen_ai.prompt", "in"),
    "gen_ai.content.completion": ("gen_ai.completion", "out"),
}
FIELDS = ("content", "role", "tool_calls", "id", "name", "message", "finish_reason")


def details(told: Sequence[Told]) -> Attributes:
    """Return what the details event says, as a span's attributes would; empty when there is none."""
    for one in told:
        if one.name == DETAILS:
            body = as_json(one.body) if one.body else {}
            inside = {key: as_text(value) for key, value in body.items()} if isinstance(body, dict) else {}
            return {**inside, **one.attributes}
    return {}


def told_turns(told: Sequence[Told], wanted: str) -> Iterator[Turn]:
    """Yield the turns of one side, ``in`` or ``out``, that events or records tell."""
    for one in told:
        if one.name in WHOLE:
            key, side = WHOLE[one.name]
            if side == wanted:
                yield from turns_of_text(one.attributes.get(key, ""), side)
        elif matched := MESSAGE.match(one.name):
            if wanted == "in":
                yield from turns_of({"role": matched[1], **_message(one)}, "in")
        elif one.name == "gen_ai.choice" and wanted == "out":
            yield from turns_of({"role": "assistant", **_message(one)}, "out")


def _message(one: Told) -> Mapping[str, Any]:
    """Return the fields of a message; a choice holds one inside."""
    found = _content(one)
    inner = found.get("message")
    if isinstance(inner, str):
        inner = as_json(inner)
    if isinstance(inner, dict):
        found = {**found, **inner}
    elif isinstance(inner, str):
        found = {**found, "content": inner}
    said = found.get("content")
    read = as_json(said) if isinstance(said, str) and said[:1] in "[{" else said
    parts = read if isinstance(read, list) else said
    return {
        key: value for key, value in {**found, "content": parts}.items() if value not in (None, "") and key != "message"
    }


def _content(one: Told) -> dict[str, Json]:
    text = one.body or one.attributes.get("gen_ai.event.content", "")
    if text:
        found = as_json(text)
        return dict(found) if isinstance(found, dict) else {"content": found}
    read = {key: one.attributes[key] for key in FIELDS if one.attributes.get(key)}
    return {key: as_json(value) if key in ("tool_calls", "message") else value for key, value in read.items()}
