"""What a conversation is to the dashboard: turns of parts, each part plain text. What is said stays text."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Json = Any
Attributes = Mapping[str, str]
# A longer text is not read as a Python literal.
LONGEST_LITERAL = 100_000
TOO_DEEP = "(nested too deep to be shown)"


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


@dataclass(frozen=True, slots=True)
class Told:
    """An event of a span, or a log record that belongs to it. ``body`` is a record's, as text; an event has none."""

    name: str
    attributes: Attributes
    body: str = ""


def as_json(text: str) -> Json:
    """Read JSON, or a Python literal as some frameworks write it; a text that is neither is itself."""
    try:
        return json.loads(text)
    except RecursionError:
        return text
    except ValueError:
        pass
    if text[:1] in "[{" and len(text) < LONGEST_LITERAL:
        try:
            return ast.literal_eval(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return text
    return text


def as_text(found: Json) -> str:
    """Write a value as a reader wants it: text as it is, anything else as JSON; none is nothing."""
    if found is None:
        return ""
    if isinstance(found, str):
        return found
    try:
        return json.dumps(found, ensure_ascii=False, indent=2, default=str)
    except RecursionError:
        return TOO_DEEP
