"""Messages that are spread over numbered keys: OpenInference's and the older OpenLLMetry's attributes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from dashboard.read.conversation.turns import Attributes, Part, Turn

# The prefix of the keys -> which side of the call they tell of.
PREFIXES = (
    ("llm.input_messages", "in"),
    ("gen_ai.prompt", "in"),
    ("llm.output_messages", "out"),
    ("gen_ai.completion", "out"),
)
KEYS = {prefix: re.compile(rf"^{re.escape(prefix)}\.(\d+)\.(?:message\.)?(.+)$") for prefix, _ in PREFIXES}
CALL = re.compile(r"^tool_calls\.(\d+)\.(?:tool_call\.)?(?:function\.)?(id|name|arguments)$")
PIECE = re.compile(r"^contents?\.(\d+)\.message_content\.(text|image.*|type)$")


def indexed_turns(attributes: Attributes, wanted: str) -> Iterator[Turn]:
    """Yield the turns of the numbered keys of one side, ``in`` or ``out``."""
    for prefix, side in PREFIXES:
        if side != wanted:
            continue
        messages: dict[int, dict[str, str]] = {}
        for key, value in attributes.items():
            if key.startswith(prefix) and (matched := KEYS[prefix].match(key)):
                messages.setdefault(int(matched[1]), {})[matched[2]] = value
        turns = [_turn(fields, side) for _, fields in sorted(messages.items())]
        if any(turn.parts for turn in turns):
            yield from turns
            return


def _turn(fields: Mapping[str, str], side: str) -> Turn:
    role = fields.get("role") or ("user" if side == "in" else "assistant")
    said = fields.get("content") or ""
    if role in ("tool", "function"):
        return Turn("tool", [Part("tool_result", said, fields.get("name", ""), fields.get("tool_call_id", ""))], side)
    return Turn(role, [*([Part("text", said)] if said else _pieces(fields)), *_calls(fields)], side)


def _pieces(fields: Mapping[str, str]) -> list[Part]:
    pieces: dict[int, Part] = {}
    for key, value in fields.items():
        if (matched := PIECE.match(key)) and matched[2] != "type":
            text = matched[2] == "text"
            shown = value if text or not value.startswith("data:") else f"{value.partition(',')[0]}, …"
            pieces[int(matched[1])] = Part("text" if text else "other", shown, "" if text else "image")
    return [part for _, part in sorted(pieces.items())]


def _calls(fields: Mapping[str, str]) -> list[Part]:
    calls: dict[int, dict[str, str]] = {}
    for key, value in fields.items():
        if matched := CALL.match(key):
            calls.setdefault(int(matched[1]), {})[matched[2]] = value
        elif key in ("function_call.name", "function_call.arguments"):
            calls.setdefault(0, {})[key.rpartition(".")[2]] = value
    return [
        Part("tool_call", call.get("arguments", ""), call.get("name", ""), call.get("id", ""))
        for _, call in sorted(calls.items())
    ]
