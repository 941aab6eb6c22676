"""The fake model server answers as OpenAI's API does and writes down what it did."""

import json

import pytest
import requests

from tests.capture.server import FakeServer

TOOL = {"type": "function", "function": {"name": "get_weather", "parameters": {"required": ["city"]}}}


@pytest.fixture
def server():
    running = FakeServer(7)
    yield running
    running.shutdown()
    running.server_close()


def ask(server, text, path="chat/completions", **more):
    body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": text}]} | more
    return requests.post(f"{server.url}/{path}", json=body, timeout=5)


def test_a_reply_has_an_id_of_its_own_and_usage_that_the_record_repeats(server):
    first, second = ask(server, "one").json(), ask(server, "two").json()
    assert first["id"] != second["id"]
    for reply, exchange in zip((first, second), server.record.exchanges, strict=True):
        answered = exchange["answered"]
        assert (answered["id"], answered["text"]) == (reply["id"], reply["choices"][0]["message"]["content"])
        assert answered["usage"]["input_tokens"] == reply["usage"]["prompt_tokens"]
        assert answered["usage"]["cached_tokens"] == reply["usage"]["prompt_tokens_details"]["cached_tokens"]


def test_a_stream_ends_with_usage_only_when_it_was_asked_for(server):
    asked = ask(server, "stream", stream=True, stream_options={"include_usage": True}).text
    silent = ask(server, "stream", stream=True).text
    events = [json.loads(line[6:]) for line in asked.splitlines() if line.startswith("data: {")]
    told = server.record.exchanges[0]["answered"]
    assert "".join(e["choices"][0]["delta"].get("content", "") for e in events if e["choices"]) == told["text"]
    assert events[-1]["usage"]["completion_tokens"] == told["usage"]["output_tokens"]
    assert '"usage": {' not in silent
    assert [one["answered"]["usage"]["sent"] for one in server.record.exchanges] == [True, False]


def test_a_tool_is_called_until_its_result_is_there(server):
    called = ask(server, "weather", tools=[TOOL]).json()["choices"][0]
    (call,) = called["message"]["tool_calls"]
    assert (called["finish_reason"], json.loads(call["function"]["arguments"])) == ("tool_calls", {"city": "Lisbon"})
    said = [
        {"role": "user", "content": "weather"},
        called["message"],
        {"role": "tool", "tool_call_id": call["id"], "content": "clear"},
    ]
    assert ask(server, "", messages=said, tools=[TOOL]).json()["choices"][0]["finish_reason"] == "stop"
    assert server.record.exchanges[1]["asked"]["tool_results"] == [call["id"]]


def test_faults_are_chosen_by_the_text(server):
    limited = ask(server, "wait [429]")
    assert (limited.status_code, limited.headers["Retry-After"]) == (429, "1")
    assert ask(server, "wait [429]").status_code == 200
    assert [ask(server, f"no [{status}]").status_code for status in (400, 500, 500)] == [400, 500, 500]
    assert [one["answered"]["status"] for one in server.record.exchanges] == [429, 200, 400, 500, 500]


def test_embeddings_and_responses_are_answered(server):
    vectors = ask(server, "", "embeddings", input=["a", "b"]).json()["data"]
    assert [len(vector["embedding"]) for vector in vectors] == [8, 8]
    answer = ask(server, "", "responses", input="who?").json()
    assert (answer["status"], answer["id"]) == ("completed", server.record.exchanges[1]["answered"]["id"])


def test_equal_seeds_and_requests_give_equal_records(server):
    again = FakeServer(7)
    for one in (server, again):
        ask(one, "one")
        ask(one, "two", tools=[TOOL])
    assert server.record.exchanges == again.record.exchanges
    again.shutdown()
    again.server_close()
