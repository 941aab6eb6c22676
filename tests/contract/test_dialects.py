"""What each dialect writes becomes the same typed call; roll-ups say what a recount of the raw rows says."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import Any

import pytest
from genai_prices import Usage, calc_price
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from collector.segment import encode_record, segment_id
from storage.engine import Engine
from storage.load import TraceLoad
from storage.views import install_views
from tests.unit.collector.requests import _set

START = (time.time_ns() // 10**9 - 3600) * 10**9

# What a chat call of each dialect looks like on the wire.
GENAI: dict[str, Any] = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.response.model": "gpt-4o-2024-08-06",
    "gen_ai.response.id": "chatcmpl-1",
    "gen_ai.conversation.id": "session-1",
    "enduser.id": "user-1",
    "gen_ai.agent.name": "helper",
    "gen_ai.usage.input_tokens": 1000,
    "gen_ai.usage.output_tokens": 200,
    "gen_ai.usage.cache_read.input_tokens": 400,
    "gen_ai.response.finish_reasons": ["stop"],
    "gen_ai.response.time_to_first_chunk": 0.25,
    "gen_ai.request.stream": True,
    "server.address": "api.openai.com",
    "cloud.region": "eu-central-1",
}
OPENINFERENCE: dict[str, Any] = {
    "openinference.span.kind": "LLM",
    "llm.provider": "openai",
    "llm.invocation_parameters": '{"model": "gpt-4o", "stream": true}',
    "llm.model_name": "gpt-4o-2024-08-06",
    "output.value": '{"id": "chatcmpl-1"}',
    "session.id": "session-1",
    "user.id": "user-1",
    "agent.name": "helper",
    "llm.token_count.prompt": 1000,
    "llm.token_count.completion": 200,
    "llm.token_count.prompt_details.cache_read": 400,
    "llm.finish_reason": "stop",
    "cloud.region": "eu-central-1",
}
CALLS = {"genai": GENAI, "openinference": OPENINFERENCE}
WANTED = {
    "operation": "chat",
    "provider": "openai",
    "request_model": "gpt-4o",
    "response_model": "gpt-4o-2024-08-06",
    "model": "gpt-4o-2024-08-06",
    "response_id": "chatcmpl-1",
    "session_id": "session-1",
    "user_id": "user-1",
    "agent_name": "helper",
    "input_tokens": 1000,
    "output_tokens": 200,
    "total_tokens": 1200,
    "cache_read_tokens": 400,
    "is_stream": True,
    "finish_reason": "stop",
    "region": "eu-central-1",
    "error_type": "",
    "status": "ok",
    "cost_source": "computed",
    "ttft_ms": 250.0,
}


def load(engine: Engine, folder: Path, spans: list[dict[str, Any]]) -> None:
    """Load spans given as ``{attributes, name, ms, error, event, service, at}``."""
    message = ExportTraceServiceRequest()
    for number, given in enumerate(spans, 1):
        resource = message.resource_spans.add()
        _set(resource.resource.attributes, {"service.name": given.get("service", "shop")})
        span = resource.scope_spans.add().spans.add()
        span.trace_id, span.span_id = number.to_bytes(16, "big"), number.to_bytes(8, "big")
        span.name, span.kind = given.get("name", "chat"), 3
        span.start_time_unix_nano = START + given.get("at", 0) * 10**9
        span.end_time_unix_nano = span.start_time_unix_nano + int(given.get("ms", 1000) * 10**6)
        _set(span.attributes, given["attributes"])
        if given.get("error") is not None:
            span.status.code, span.status.message = 2, given["error"]
        for name, milliseconds, attributes in given.get("events", ()):
            event = span.events.add(name=name, time_unix_nano=span.start_time_unix_nano + milliseconds * 10**6)
            _set(event.attributes, attributes)
    now = time.time_ns()
    path = folder / f"{segment_id(now)}.seg"
    path.write_bytes(encode_record(now, "default", now, len(spans), message.SerializeToString()))
    store = TraceLoad(engine)
    store.execute(store.statement(path, path.stem, path.stem))


def calls(engine: Engine) -> list[dict[str, Any]]:
    return engine.query("SELECT * FROM llm_calls ORDER BY span_id").dicts()


@pytest.mark.parametrize("dialect", CALLS)
def test_a_call_is_typed_whatever_dialect_it_is_written_in(engine: Engine, tmp_path: Path, dialect: str) -> None:
    event = [("First Token Stream Event", 250, {})] if dialect == "openinference" else []
    load(engine, tmp_path, [{"attributes": CALLS[dialect], "events": event}])
    (call,) = calls(engine)
    assert {name: call[name] for name in WANTED} == WANTED
    assert call["dialect"] == dialect
    usage = Usage(input_tokens=1000, output_tokens=200, cache_read_tokens=400)
    price = calc_price(usage, "gpt-4o-2024-08-06", provider_id="openai")
    assert call["cost_usd"] == pytest.approx(float(price.total_price), rel=1e-9)


@pytest.mark.parametrize(
    ("given", "error_type"),
    [
        ({"error": "", "attributes": {**GENAI, "error.type": "RateLimitError"}}, "RateLimitError"),
        ({"error": "x", "events": [("exception", 5, {"exception.type": "TimeoutError"})]}, "TimeoutError"),
        ({"error": "openai.APIError: gave up"}, "openai.APIError"),
        ({"error": "no name"}, "_OTHER"),
    ],
)
def test_a_failure_has_a_type(engine: Engine, tmp_path: Path, given: dict[str, Any], error_type: str) -> None:
    load(engine, tmp_path, [{"attributes": GENAI, **given}])
    (call,) = calls(engine)
    assert (call["status"], call["error_type"]) == ("error", error_type)
    assert engine.query("SELECT error_type, sum(calls) FROM errors_1m GROUP BY 1").rows == [(error_type, 1)]


@pytest.mark.parametrize(
    ("attributes", "name", "operation", "tool"),
    [
        ({"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "search"}, "x", "execute_tool", "search"),
        ({"openinference.span.kind": "TOOL"}, "look_up", "execute_tool", "look_up"),
        ({"openinference.span.kind": "RETRIEVER"}, "x", "retrieval", ""),
        ({"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "a"}, "x", "invoke_agent", ""),
        ({"gen_ai.operation.name": "embeddings"}, "x", "embeddings", ""),
    ],
)
def test_what_a_call_is(
    engine: Engine, tmp_path: Path, attributes: dict[str, Any], name: str, operation: str, tool: str
) -> None:
    load(engine, tmp_path, [{"attributes": attributes, "name": name}, {"attributes": {"http.method": "GET"}}])
    (call,) = calls(engine)
    assert (call["operation"], call["tool_name"]) == (operation, tool)


def test_roll_ups_say_what_a_recount_says(engine: Engine, tmp_path: Path) -> None:
    spans = [
        {
            "attributes": {**CALLS[("genai", "openinference")[n % 2]], "gen_ai.usage.output_tokens": 10 + n},
            "service": f"s{n % 3}",
            "ms": 50 + 37 * n,
            "at": 7 * n,
            **({"error": "TimeoutError: x"} if n % 5 == 0 else {}),
        }
        for n in range(60)
    ]
    for start in range(0, 60, 20):  # several parts, so that states are merged
        load(engine, tmp_path, spans[start : start + 20])
    keys = "minute, service, status"
    sums = "sum({}) AS input, sum({}) AS output, sum({}) AS cost, sum({}) AS ms"
    rolled = engine.query(
        f"SELECT {keys}, sum(calls) AS n, {sums.format('input_tokens', 'output_tokens', 'cost_usd', 'duration_ms_sum')}"
        f" FROM calls_1m GROUP BY {keys} ORDER BY {keys}"
    ).dicts()
    recount = engine.query(
        "SELECT toStartOfMinute(timestamp) AS minute, service, status, count() AS n,"
        f" {sums.format('input_tokens', 'output_tokens', 'cost_usd', 'duration_ms')}"
        f" FROM llm_calls GROUP BY {keys} ORDER BY {keys}"
    ).dicts()
    assert len(rolled) == len(recount) > 10
    for ours, theirs in zip(rolled, recount, strict=True):
        assert {k: v for k, v in ours.items() if k not in ("cost", "ms")} == {
            k: v for k, v in theirs.items() if k not in ("cost", "ms")
        }
        assert ours["cost"] == pytest.approx(theirs["cost"])
        assert ours["ms"] == pytest.approx(theirs["ms"])
    assert engine.query("SELECT sum(spans) FROM spans_1m").rows == [(60,)]


def test_sketches_of_many_minutes_merge_into_one(engine: Engine, tmp_path: Path) -> None:
    milliseconds = [10 * 1.1**n for n in range(80)]
    load(engine, tmp_path, [{"attributes": GENAI, "ms": ms, "at": 5 * n} for n, ms in enumerate(milliseconds)])
    merged = "quantilesDDMerge(0.01, 0.5, 0.9, 0.95, 0.99)(duration_sketch)"
    found = engine.query(f"SELECT {merged} FROM calls_1m").rows[0][0]
    for quantile, value in zip((0.5, 0.9, 0.95, 0.99), found, strict=True):
        true = milliseconds[math.floor(quantile * (len(milliseconds) - 1))]
        assert value == pytest.approx(true, rel=0.12)  # the sketch's 1 %, and the next value is 10 % away


def test_a_view_of_another_text_is_made_again_and_keeps_the_rows(engine: Engine, tmp_path: Path) -> None:
    from storage.prices.book import build_book

    load(engine, tmp_path, [{"attributes": GENAI}])
    assert install_views(engine, build_book()) == []
    engine.command("ALTER TABLE spans_1m_view MODIFY COMMENT 'of an older release'")
    assert install_views(engine, build_book()) == ["spans_1m_view"]
    load(engine, tmp_path, [{"attributes": GENAI}])
    assert engine.query("SELECT sum(spans) FROM spans_1m").rows == [(2,)]
