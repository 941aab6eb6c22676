"""Messages in JSON of any dialect, folded into turns.

A message is what has a role, or a type that is one (LangChain). Whatever holds messages is unwrapped: a request's
``messages``, a reply's ``choices``, LangChain's ``generations`` and ``kwargs``, Gemini's ``contents`` and
``candidates``, a task's ``inputs``. What is none of these is shown as the JSON that it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dashboard.read.conversation.parts import CALLS, REASONS, RESULTS, call_of, part_of, parts_of
from dashboard.read.conversation.turns import Json, Part, Turn, as_json, as_text

ROLES = {"human": "user", "ai": "assistant", "model": "assistant", "function": "tool", "chatbot": "assistant"}
LANGCHAIN = frozenset({"human", "ai", "system", "tool", "function", "chat", "HumanMessageChunk", "AIMessageChunk"})
SYSTEM = ("system", "instructions", "system_instruction", "systemInstruction")
WRAPS = {
    "in": ("messages", "contents", "inputs", "input", "prompt", "prompts", "input_str", "question", "query"),
    "out": (
        "choices", "generations", "candidates", "message", "outputs", "output", "messages", "update", "response",
        "completion", "content", "text", "result",
    ),
}  # fmt: skip
DEFAULT = {"in": "user", "out": "assistant"}
# Deeper than any framework wraps.
DEEPEST = 12


def turns_of_text(text: str, side: str) -> list[Turn]:
    """Return the turns of an attribute's text, which is JSON or plain."""
    return [turn for turn in turns_of(as_json(text), side) if turn.parts]


def turns_of(found: Json, side: str, depth: int = 0) -> Iterator[Turn]:
    """Yield the turns that a JSON value holds; ``side`` says who speaks where nothing says it."""
    if isinstance(found, list) and depth < DEEPEST:
        yield from _of_list(found, side, depth)
    elif isinstance(found, dict) and depth < DEEPEST:
        yield from _of_dict(found, side, depth)
    elif found is not None:
        yield Turn(DEFAULT[side], list(parts_of(found)), side)


def _of_list(found: list[Json], side: str, depth: int) -> Iterator[Turn]:
    if found and all(isinstance(one, str) for one in found):
        yield Turn(DEFAULT[side], [Part("text", one) for one in found], side)
        return
    for one in found:
        yield from turns_of(one, side, depth + 1)


def _of_dict(found: Mapping[str, Any], side: str, depth: int) -> Iterator[Turn]:
    inner = found.get("kwargs")
    if isinstance(inner, dict) and "lc" in found:
        yield from turns_of(inner, side, depth + 1)
    elif "role" in found or (found.get("type") in LANGCHAIN and "content" in found):
        yield _message(found, side)
    elif found.get("type") in CALLS | RESULTS | REASONS:
        part = part_of(found)
        yield Turn("tool" if part.kind == "tool_result" else "assistant", [part], side)
    elif isinstance(found.get("message"), dict):
        # A choice or a generation: what it says beside its message is not said by anyone.
        yield from turns_of(found["message"], side, depth + 1)
    elif found.get("type") == "text" and len(found) < 4:
        yield Turn(DEFAULT[side], [part_of(found)], side)
    else:
        yield from _unwrapped(found, side, depth)


def _unwrapped(found: Mapping[str, Any], side: str, depth: int) -> Iterator[Turn]:
    name = next((name for name in WRAPS[side] if found.get(name) not in (None, "", [], {})), None)
    if name is None:
        yield Turn("input" if side == "in" else "output", [Part("text", as_text(dict(found)))] if found else [], side)
        return
    for key in SYSTEM:
        if side == "in" and (said := found.get(key)):
            yield Turn("system", list(parts_of(said.get("parts", said) if isinstance(said, dict) else said)))
    yield from turns_of(found[name], side, depth + 1)


def _message(found: Mapping[str, Any], side: str) -> Turn:
    told = as_text(found.get("role") or found.get("type") or DEFAULT[side])
    role = ROLES.get(told.lower(), told)
    content = next((found[key] for key in ("parts", "content", "contents", "text") if found.get(key)), None)
    if role == "tool":
        return Turn(role, _answers(found, list(parts_of(content))), side)
    parts = [Part("reasoning", as_text(said)) for said in [found.get("reasoning_content")] if said]
    parts += parts_of(content)
    calls = found.get("tool_calls") or found.get("toolCalls") or []
    known = {part.id for part in parts if part.kind == "tool_call" and part.id}
    called = [call_of(call) for call in calls if isinstance(call, dict)] if isinstance(calls, list) else []
    parts += [call for call in called if not call.id or call.id not in known]
    if isinstance(old := found.get("function_call"), dict) and not called:
        parts.append(call_of(old))
    return Turn(role, parts, side)


def _answers(found: Mapping[str, Any], parts: list[Part]) -> list[Part]:
    """Return what a tool's message says; plain text is one answer, under the id of the call that it answers."""
    if any(part.kind == "tool_result" for part in parts):
        return parts
    called = as_text(found.get("tool_call_id") or found.get("id"))
    return [Part("tool_result", "\n".join(part.text for part in parts), as_text(found.get("name")), called)]
