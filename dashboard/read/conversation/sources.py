"""Where each dialect puts what was said on a span, the first that is there counts, each side for itself.

The order is that of the dialects' table: what a dialect says most exactly stands before what it says in general.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dashboard.read.conversation.indexed import indexed_turns
from dashboard.read.conversation.messages import turns_of_text
from dashboard.read.conversation.turns import Attributes, Part, Turn, as_json, as_text

# Keys whose text is messages in JSON, or plain; INDEXED and RESPONSE stand for what several keys tell together.
INDEXED, RESPONSE = "(numbered keys)", "(ai.response.*)"
SOURCES = {
    "in": (
        "gen_ai.input.messages", "langfuse.observation.input", "ai.prompt.messages", INDEXED, "ai.prompt",
        "gen_ai.prompt", "pydantic_ai.all_messages", "mlflow.spanInputs", "traceloop.entity.input",
        "gen_ai.task.input", "input.value", "gcp.vertex.agent.llm_request", "lk.chat_ctx", "lk.user_input",
        "lk.input_text", "lk.user_transcript", "genkit:input", "flue.turn.input", "agent.messages", "llm.messages",
        "ai.values", "ai.value", "inputs",
    ),
    "out": (
        "gen_ai.output.messages", "langfuse.observation.output", RESPONSE, INDEXED, "gen_ai.completion",
        "final_result", "mlflow.spanOutputs", "traceloop.entity.output", "gen_ai.task.output", "output.value",
        "gcp.vertex.agent.llm_response", "lk.response.text", "lk.function_tool.output", "genkit:output",
        "flue.turn.output",
    ),
}  # fmt: skip
# The whole talk stands under one key, its answer too: the last turn is the other key's.
WHOLE = "pydantic_ai.all_messages"
SYSTEM = "gen_ai.system_instructions"
DROPPED = frozenset({"null", "{}", "[]", '""'})


def side_of(attributes: Attributes, side: str) -> list[Turn]:
    """Return the turns of one side, ``in`` or ``out``, from the first place that tells any."""
    for source in SOURCES[side]:
        turns = [turn for turn in _turns(attributes, source, side) if turn.parts]
        if turns:
            return turns[:-1] if source == WHOLE and attributes.get("final_result") else turns
    return []


def system_of(attributes: Attributes) -> list[Turn]:
    """Return the instructions that stand apart from the messages."""
    said = attributes.get(SYSTEM) or attributes.get("ai.prompt.system") or ""
    parts = [part for turn in turns_of_text(said, "in") for part in turn.parts] if said else []
    return [Turn("system", parts)] if parts else []


def _turns(attributes: Attributes, source: str, side: str) -> Iterator[Turn]:
    if source == INDEXED:
        yield from indexed_turns(attributes, side)
    elif source == RESPONSE:
        yield from _response(attributes)
    elif (text := attributes.get(source, "")) and text not in DROPPED:
        yield from turns_of_text(text, side)


def _response(attributes: Attributes) -> Iterator[Turn]:
    """Return the Vercel AI SDK's answer: text, reasoning and calls stand under keys of their own."""
    told = {name: _either(attributes, name) for name in ("reasoning", "text", "object", "toolCalls")}
    parts = [Part("reasoning", told["reasoning"])] if told["reasoning"] else []
    parts += [Part("text", told[name]) for name in ("text", "object") if told[name]]
    calls: Any = as_json(told["toolCalls"]) if told["toolCalls"] else []
    for call in calls if isinstance(calls, list) else []:
        if isinstance(call, dict):
            arguments = call.get("input", call.get("args"))
            name, called = as_text(call.get("toolName")), as_text(call.get("toolCallId"))
            parts.append(Part("tool_call", as_text(arguments), name, called))
    yield Turn("assistant", parts, "out")


def _either(attributes: Attributes, name: str) -> str:
    """Return what version 4 and later say, else what the versions before said."""
    return attributes.get(f"ai.response.{name}") or attributes.get(f"ai.result.{name}") or ""
