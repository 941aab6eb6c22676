"""What real instrumentations send becomes the rows that the model server's own record asks for."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from storage.engine import Engine
from tests.capture.expect import expected
from tests.capture.families import captured
from tests.integration.collecting import collecting
from tests.integration.golden_dialects import GOLDEN, Golden, calls, differences, named

FAMILIES = [
    "openinference-openai",
    "otel-genai-openai",
    "otel-openai-v2",
]
# Whatever log records of a span hold, in the calls' order; a call without a record is missing, and so is an embedding.
TEXT_OF_CALLS = """
SELECT arrayStringConcat(groupArray(concat(logs.Body, toString(logs.LogAttributes))), ' ') AS text
FROM llm_calls AS calls INNER JOIN otel_logs AS logs ON logs.TraceId = calls.trace_id AND logs.SpanId = calls.span_id
WHERE calls.operation = 'chat' GROUP BY calls.span_id ORDER BY min(calls.timestamp)
"""
STACKS: list[str] = []


@pytest.mark.parametrize("family", FAMILIES)
def test_a_familys_calls_are_what_the_server_recorded(family: str, tmp_path: Path, engine: Engine) -> None:
    golden = Golden(family)
    with collecting(tmp_path, engine) as collector:
        golden.send(collector)
    wanted = golden.expected
    assert differences(family, calls(engine), wanted["calls"]) == []
    assert named(engine, "execute_tool", "tool_name") == wanted["tools"]
    assert named(engine, "invoke_agent", "agent_name") == wanted["agents"]
    assert {row["dialect"] for row in calls(engine, "dialect")} == set(wanted["dialects"])


@pytest.mark.parametrize("family", ["otel-genai-openai", "otel-openai-v2"])
def test_the_log_records_of_a_call_say_what_was_asked_and_answered(family: str, tmp_path: Path, engine: Engine) -> None:
    golden = Golden(family)
    with collecting(tmp_path, engine) as collector:
        golden.send(collector)
        golden.send_logs(collector)
    said = engine.query(TEXT_OF_CALLS).rows
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


@pytest.mark.parametrize("stack", STACKS)
def test_an_inference_servers_spans_are_what_their_figures_ask_for(stack: str, tmp_path: Path, engine: Engine) -> None:
    golden = Golden(f"made-{stack}")
    with collecting(tmp_path, engine) as collector:
        golden.send(collector)
    wanted = golden.expected["rows"]
    found = calls(engine, ", ".join(wanted[0]), "1")
    assert [row for row in found if row["span_name"] in {row["span_name"] for row in wanted}] == wanted


@pytest.mark.parametrize("family", captured(), ids=lambda family: family.name)
def test_the_expected_rows_follow_from_the_servers_record(family) -> None:
    record = json.loads((family.golden / "server.json").read_text())
    assert json.loads((family.golden / "expected.json").read_text()) == expected(family, record)


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*/*.*")), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_capture_tells_of_the_machine_that_made_it(path: Path) -> None:
    assert not re.search(rb"/(root|home|Users|work|tmp|private)/|site-packages/\.\.", path.read_bytes())
