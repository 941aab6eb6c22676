"""Forms of content that no capture has: other APIs' messages, span events, log records, and what is none of these."""

from __future__ import annotations

import json

import pytest

from dashboard.read.conversation.fold import conversation
from dashboard.read.conversation.turns import Part, Told

DETAILS = "gen_ai.client.inference.operation.details"
CALL = Part("tool_call", '{"city": "Lisbon"}', "weather", "c1")
SAID = [("in", "user", [Part("text", "Hello?")]), ("out", "assistant", [Part("text", "Hello.")])]


def turns(attributes=None, events=(), records=()):
    return [(turn.side, turn.role, list(turn.parts)) for turn in conversation(attributes or {}, events, records)]


MESSAGES = {
    "openai chat": (
        {"messages": [{"role": "user", "content": "Hello?"}]},
        {"choices": [{"message": {"role": "assistant", "content": "Hello."}}]},
    ),
    "openai responses": (
        {"input": [{"role": "user", "content": [{"type": "input_text", "text": "Hello?"}]}]},
        {"output": [{"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Hello."}]}]},
    ),
    "anthropic": (
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "Hello?"}]}]},
        {"role": "assistant", "content": [{"type": "text", "text": "Hello."}]},
    ),
    "gemini": (
        {"contents": [{"role": "user", "parts": [{"text": "Hello?"}]}]},
        {"candidates": [{"content": {"role": "model", "parts": [{"text": "Hello."}]}}]},
    ),
    "langchain": (
        {"messages": [[{"lc": 1, "id": ["HumanMessage"], "kwargs": {"type": "human", "content": "Hello?"}}]]},
        {"generations": [[{"text": "Hello.", "message": {"lc": 1, "kwargs": {"type": "ai", "content": "Hello."}}}]]},
    ),
    "langgraph": (
        {"inputs": {"messages": [{"type": "human", "content": "Hello?"}]}},
        {"outputs": [{"update": {"messages": [{"type": "ai", "content": "Hello."}]}}]},
    ),
    "plain": ("Hello?", "Hello."),
}
PLACES = [
    ("langfuse.observation.input", "langfuse.observation.output"),
    ("mlflow.spanInputs", "mlflow.spanOutputs"),
    ("traceloop.entity.input", "traceloop.entity.output"),
    ("input.value", "output.value"),
    ("gen_ai.prompt", "gen_ai.completion"),
    ("gcp.vertex.agent.llm_request", "gcp.vertex.agent.llm_response"),
]


@pytest.mark.parametrize("form", MESSAGES)
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place[0])
def test_every_form_reads_the_same_in_every_place(form, place):
    asked, answered = (one if isinstance(one, str) else json.dumps(one) for one in MESSAGES[form])
    assert turns({place[0]: asked, place[1]: answered}) == SAID


RESULT = Part("tool_result", "sunny", "weather", "c1")
TOOLS = {
    "openai": (
        [{"role": "assistant", "tool_calls": [
            {"id": "c1", "function": {"name": "weather", "arguments": '{"city": "Lisbon"}'}}]},
         {"role": "tool", "tool_call_id": "c1", "content": "sunny"}]
    ),
    "opentelemetry": (
        [{"role": "assistant", "parts": [
            {"type": "tool_call", "id": "c1", "name": "weather", "arguments": '{"city": "Lisbon"}'}]},
         {"role": "tool", "parts": [{"type": "tool_call_response", "id": "c1", "response": "sunny"}]}]
    ),
    "anthropic": (
        [{"role": "assistant", "content": [
            {"type": "tool_use", "id": "c1", "name": "weather", "input": '{"city": "Lisbon"}'}]},
         {"role": "tool", "content": [{"type": "tool_result", "tool_use_id": "c1", "content": "sunny"}]}]
    ),
    "vercel": (
        [{"role": "assistant", "content": [
            {"type": "tool-call", "toolCallId": "c1", "toolName": "weather", "args": '{"city": "Lisbon"}'}]},
         {"role": "tool", "content": [
            {"type": "tool-result", "toolCallId": "c1", "toolName": "weather",
             "output": {"type": "text", "value": "sunny"}}]}]
    ),
    "langchain": (
        [{"lc": 1, "kwargs": {"type": "ai", "content": "", "tool_calls": [
            {"id": "c1", "name": "weather", "args": '{"city": "Lisbon"}'}]}},
         {"lc": 1, "kwargs": {"type": "tool", "content": "sunny", "tool_call_id": "c1"}}]
    ),
    "responses": (
        [{"type": "function_call", "call_id": "c1", "name": "weather", "arguments": '{"city": "Lisbon"}'},
         {"type": "function_call_output", "call_id": "c1", "output": "sunny"}]
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", TOOLS)
def test_a_call_of_a_tool_and_its_answer_share_a_name(form):
    assert turns({"gen_ai.input.messages": json.dumps(TOOLS[form])}) == [
        ("in", "assistant", [CALL]),
        ("in", "tool", [RESULT]),
    ]


EVENTS = [
    Told("gen_ai.user.message", {"content": "Hello?"}),
    Told("gen_ai.choice", {"finish_reason": "stop", "message": '{"content": "Hello."}'}),
]
EVENT_CONTENT = [
    Told("gen_ai.user.message", {"gen_ai.event.content": '{"role": "user", "content": "Hello?"}'}),
    Told("gen_ai.choice", {"gen_ai.event.content": '{"message": {"role": "assistant", "content": "Hello."}}'}),
]
PROMPTS = [
    Told("gen_ai.content.prompt", {"gen_ai.prompt": '[{"role": "user", "content": "Hello?"}]'}),
    Told("gen_ai.content.completion", {"gen_ai.completion": "Hello."}),
]
RECORDS = [
    Told("gen_ai.user.message", {"gen_ai.system": "openai"}, '{"content": "Hello?"}'),
    Told("gen_ai.choice", {}, '{"index": 0, "message": {"role": "assistant", "content": "Hello."}}'),
]
WHOLE = [
    Told(
        DETAILS,
        {
            "gen_ai.input.messages": '[{"role": "user", "parts": [{"type": "text", "content": "Hello?"}]}]',
            "gen_ai.output.messages": '[{"role": "assistant", "parts": [{"type": "text", "content": "Hello."}]}]',
        },
    )
]
IN_BODY = [Told(DETAILS, {}, json.dumps({key: json.loads(value) for key, value in WHOLE[0].attributes.items()}))]


@pytest.mark.parametrize("told", [EVENTS, EVENT_CONTENT, PROMPTS, RECORDS, WHOLE, IN_BODY])
@pytest.mark.parametrize("where", ["events", "records"])
def test_events_and_log_records_carry_the_same_conversation(told, where):
    assert turns(**{where: told}) == SAID


def test_the_first_source_counts_each_side_for_itself():
    attributes = {"gen_ai.input.messages": '[{"role": "user", "parts": [{"type": "text", "content": "Asked"}]}]'}
    found = turns(attributes, EVENTS, [Told("gen_ai.choice", {}, '{"message": {"content": "other"}}')])
    assert [part.text for _, _, parts in found for part in parts] == ["Asked", "Hello."]


def test_instructions_stand_once():
    system = [{"type": "text", "content": "Be short."}]
    message = [{"role": "system", "parts": system}, {"role": "user", "parts": [{"type": "text", "content": "Hello?"}]}]
    apart = {"gen_ai.system_instructions": json.dumps(system)}
    both = turns({**apart, "gen_ai.input.messages": json.dumps(message)})
    alone = turns({**apart, "gen_ai.input.messages": json.dumps(message[1:])})
    assert both == alone
    assert [role for _, role, _ in both] == ["system", "user"]


def test_reasoning_and_parts_that_are_no_text_are_named():
    parts = [
        {"type": "reasoning", "content": "hm"},
        {"type": "uri", "uri": "https://example.com/cat.png", "modality": "image"},
        {"type": "blob", "mime_type": "image/png", "content": "aGk="},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,aGk="}},
        {"type": "of tomorrow", "x": 1},
    ]
    ((_, _, found),) = turns({"gen_ai.output.messages": json.dumps([{"role": "assistant", "parts": parts}])})
    assert found[0] == Part("reasoning", "hm")
    assert found[1] == Part("other", "https://example.com/cat.png", "uri")
    assert found[2] == Part("other", "image/png, 4 characters of base64", "blob")
    assert found[3] == Part("other", "data:image/png;base64, …", "image_url")
    assert json.loads(found[4].text) == {"type": "of tomorrow", "x": 1}


@pytest.mark.parametrize(
    "text",
    ["[" * 5_000 + "]" * 5_000, "[" * 900 + "]" * 900,
     '{"a": ' * 40 + "1" + "}" * 40, '{"messages": 5}', '[{"role": {"a": 1}}]', "[1, null]",
     '{"choices": [{"message": null}]}', '[{"role": "user", "parts": [null, 3, [["x"]]]}]', "{'a': object()}",
     '{"tool_calls": "x", "role": "assistant", "content": "y"}', "\x00", '{"kwargs": {"kwargs": {}}, "lc": 1}'],
)  # fmt: skip
@pytest.mark.parametrize("key", ["gen_ai.input.messages", "input.value", "mlflow.spanOutputs"])
def test_whatever_stands_there_is_text(key, text):
    found = conversation({key: text}, [Told("gen_ai.choice", {"message": text}, text)])
    assert all(isinstance(part.text, str) for turn in found for part in turn.parts)
