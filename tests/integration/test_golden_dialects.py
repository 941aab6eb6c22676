"""What real instrumentations send becomes the rows that the model server's own record asks for."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from analytics.traces.job import Structures
from collector.spool import SpoolConfig
from storage.engine import Engine
from tests.capture.expect import expected
from tests.capture.families import captured
from tests.integration.collecting import collecting
from tests.integration.golden_dialects import GOLDEN, Golden, differences, goldens
from tests.integration.golden_speech import said, texts

FAMILIES = [
    "langfuse",
    "langsmith",
    "litellm",
    "mlflow",
    "mlflow-genai",
    "openinference-langchain",
    "openinference-openai",
    "otel-genai-openai",
    "otel-openai-v2",
    "pydantic-ai",
    "traceloop-langchain",
    "traceloop-openai",
    "traceloop-openai-old",
    "vercel-ai",
    "vercel-ai-legacy",
    "vercel-ai-old",
]
# Those that send content for each call; pydantic-ai keeps what fails to itself, LiteLLM the calls of tools.
SPEAKING = [
    "langfuse",
    "langsmith",
    "mlflow",
    "mlflow-genai",
    "openinference-langchain",
    "openinference-openai",
    "otel-genai-openai",
    "otel-openai-v2",
    "traceloop-langchain",
    "traceloop-openai",
    "traceloop-openai-old",
    "vercel-ai",
    "vercel-ai-legacy",
    "vercel-ai-old",
]
STACKED = ["stacked-litellm", "stacked-mixed", "stacked-openinference", "stacked-pydantic-ai", "stacked-traceloop"]
ONE_SEGMENT = SpoolConfig(segment_seconds=1.0, min_free_bytes=0)  # all captures together cost one load
WITH_LOGS = ["otel-genai-openai", "otel-openai-v2"]
# Those whose histogram of tokens knows every call.
WITH_METRICS = {
    "otel-genai-openai": "genai-openai",
    "pydantic-ai": "pydantic-ai",
    "stacked-mixed": "stacked-mixed",
    "traceloop-langchain": "traceloop-langchain",
}
COUNT_POINTS = "SELECT (SELECT count() FROM otel_metrics_histogram) + (SELECT count() FROM otel_metrics_sum)"
TOKENS = """
SELECT Attributes['gen_ai.token.type'] AS type, toInt64(sum(Sum)) AS tokens FROM otel_metrics_histogram
WHERE MetricName = 'gen_ai.client.token.usage' AND ServiceName = {service:String} GROUP BY type
"""
STACKS = ["llm-d", "sglang", "vllm"]
# What a step says: dialect, name, model, ids and times.
STEP = "dialect, span_name, model, response_id, pd_role, vantage, prefill_ms, decode_ms"
STEPS = {
    "dynamo": [
        ("dynamo", "handle_payload", "", "req-41", "decode", "server", None, None),
        ("dynamo", "http-request", "", "req-41", "", "server", None, None),
    ],
    "llm-d": [
        ("llm_d", "decode", "", "", "decode", "server", 300.0, 1060.0),
        ("llm_d", "gateway.request", "Qwen/Qwen3-32B", "", "", "server", None, None),
    ],
    "triton": [("triton", "InferRequest", "llama_ensemble", "t-5", "", "server", None, None)],
}
SUMMARIES = """
SELECT sum(model_calls) AS calls, sum(tokens_in) AS input_tokens, sum(tokens_out) AS output_tokens,
    sum(cost_usd) AS cost_usd, sum(tool_calls) AS tools
FROM trace_summaries FINAL WHERE deleted = 0 AND has({traces:Array(String)}, trace_id)
"""
MINUTES = """
SELECT sum(llm_calls) AS calls, sum(input_tokens) AS input_tokens, sum(output_tokens) AS output_tokens,
    sum(cost_usd) AS cost_usd
FROM calls_1m WHERE service = {service:String}
"""
# Whatever log records of a span hold, in the calls' order; a call without a record is missing, and so is an embedding.
TEXT_OF_CALLS = """
SELECT arrayStringConcat(groupArray(concat(logs.Body, toString(logs.LogAttributes))), ' ') AS text
FROM llm_calls AS calls INNER JOIN otel_logs AS logs ON logs.TraceId = calls.trace_id AND logs.SpanId = calls.span_id
WHERE calls.operation = 'chat' AND has({traces:Array(String)}, calls.trace_id)
GROUP BY calls.span_id ORDER BY min(calls.timestamp)
"""


@pytest.fixture(scope="module")
def stored(chdb_store: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A store that took every capture through the collector's door and then marked what is there twice."""
    engine = chdb_store.sibling("golden_dialects")
    spans = [golden.spans() for golden in goldens()]
    logs = [Golden(family).logs() for family in WITH_LOGS]
    points = [Golden(family).metrics() for family in WITH_METRICS]
    with collecting(tmp_path_factory.mktemp("golden"), engine, config=ONE_SEGMENT) as collector:
        for signal, captures in (("traces", spans), ("logs", logs), ("metrics", points)):
            for capture in captures:
                capture.post(collector.http.replace("/v1/traces", f"/v1/{signal}"))
        collector.await_stored(sum(capture.items for capture in spans))
        await_rows(engine, "SELECT count() FROM otel_logs", sum(capture.items for capture in logs))
        await_rows(engine, COUNT_POINTS, sum(capture.items for capture in points))
        Structures(engine).settle(datetime.now(UTC))
    yield engine
    engine.close()
    chdb_store.command("DROP DATABASE golden_dialects SYNC")


def await_rows(engine: Engine, count: str, rows: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and engine.query(count).rows[0][0] < rows:
        time.sleep(0.05)
    assert engine.query(count).rows[0][0] == rows


@pytest.mark.parametrize("family", FAMILIES)
def test_a_familys_calls_are_what_the_server_recorded(family: str, stored: Engine) -> None:
    golden = Golden(family)
    wanted = golden.expected
    assert differences(golden.calls(stored), wanted["calls"]) == []
    assert golden.named(stored, "execute_tool", "tool_name") == wanted["tools"]
    assert golden.named(stored, "invoke_agent", "agent_name") == wanted["agents"]
    assert {row["dialect"] for row in golden.calls(stored, "dialect")} == set(wanted["dialects"])


@pytest.mark.parametrize("family", [*FAMILIES, *STACKED])
def test_sums_over_a_familys_calls_are_the_servers_own_count(family: str, stored: Engine) -> None:
    golden = Golden(family)
    totals = golden.expected["totals"]
    assert golden.sums(stored) == totals | {"cost_usd": pytest.approx(totals["cost_usd"], rel=1e-9)}


@pytest.mark.parametrize("family", WITH_LOGS)
def test_the_log_records_of_a_call_say_what_was_asked_and_answered(family: str, stored: Engine) -> None:
    golden = Golden(family)
    said = stored.query(TEXT_OF_CALLS, {"traces": golden.spans().traces}).rows
    told = [
        exchange
        for exchange in golden.record
        if exchange["asked"]["operation"] == "chat"
        and exchange["asked"]["api"] not in golden.expected["untraced"]
        and exchange["answered"]["status"] != 429  # asked again by the client, within the same span
    ]
    assert len(said) == len(told)
    for (text,), exchange in zip(said, told, strict=True):
        assert exchange["asked"]["text"] in text
        assert exchange["answered"].get("text", "") in text


@pytest.mark.parametrize("family", STACKED)
def test_what_is_made_of_stacked_calls_is_the_servers_own_count_too(family: str, stored: Engine) -> None:
    golden = Golden(family)
    wanted = golden.expected
    told = {name: wanted["totals"][name] for name in ("input_tokens", "output_tokens")}
    told |= {"calls": len(wanted["calls"]), "cost_usd": pytest.approx(wanted["totals"]["cost_usd"], rel=1e-9)}
    (summed,) = stored.query(SUMMARIES, {"traces": golden.spans().traces}).dicts()
    assert summed == told | {"tools": len(wanted["tools"])}
    assert stored.query(MINUTES, {"service": family}).dicts() == [told]


@pytest.mark.parametrize("family", SPEAKING)
def test_a_conversation_says_what_was_asked_and_answered(family: str, stored: Engine) -> None:
    golden = Golden(family)
    calls = golden.calls(stored, "trace_id, span_id, operation, request_model")
    talked = zip(calls, golden.finished, strict=True)
    for call, exchange in talked:
        if call["operation"] == "embeddings":
            continue
        turns, answered = said(stored, call), exchange["answered"]
        assert exchange["asked"]["text"] in texts(turns, "in")
        if answered.get("text"):
            assert answered["text"] in texts(turns, "out")
        for tool in answered.get("tool_calls", []):
            called = [(part.name, part.id) for turn in turns for part in turn.parts if part.kind == "tool_call"]
            assert (tool["name"], tool["id"]) in called


@pytest.mark.parametrize("family", WITH_METRICS)
def test_the_metrics_of_tokens_agree_with_the_calls(family: str, stored: Engine) -> None:
    totals = Golden(family).expected["totals"]
    told = dict(stored.query(TOKENS, {"service": WITH_METRICS[family]}).rows)
    assert told == {"input": totals["input_tokens"], "output": totals["output_tokens"]}


@pytest.mark.parametrize("stack", STACKS)
def test_an_inference_servers_spans_are_what_their_figures_ask_for(stack: str, stored: Engine) -> None:
    golden = Golden(f"made-{stack}")
    wanted = golden.expected["rows"]
    assert golden.calls(stored, ", ".join(wanted[0]), "operation != 'other'") == wanted


@pytest.mark.parametrize(("stack", "wanted"), STEPS.items())
def test_steps_of_a_request_inside_a_server_are_typed_and_no_model_calls(
    stack: str, wanted: list[tuple[object, ...]], stored: Engine
) -> None:
    rows = Golden(f"made-{stack}").calls(stored, STEP, "operation = 'other' AND is_llm_call = 0")
    assert sorted(tuple(row.values()) for row in rows) == wanted


def test_of_a_split_servers_two_spans_the_decoding_one_counts(stored: Engine) -> None:
    assert Golden("made-llm-d").calls(stored, "service") == [{"service": "vllm-decode"}]


def test_calls_of_an_mcp_server_are_what_its_client_asked(stored: Engine) -> None:
    golden = Golden("mcp")
    wanted = golden.expected["asked"]
    assert golden.calls(stored, ", ".join(wanted[0]), "dialect = 'mcp'") == wanted


@pytest.mark.parametrize("family", captured(), ids=lambda family: family.name)
def test_the_expected_rows_follow_from_the_servers_record(family) -> None:
    record = json.loads((family.golden / "server.json").read_text())
    assert json.loads((family.golden / "expected.json").read_text()) == expected(family, record)


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*/*.*")), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_capture_tells_of_the_machine_that_made_it(path: Path) -> None:
    assert not re.search(rb"/(root|home|Users|work|tmp|private)/|site-packages/\.\.", path.read_bytes())
