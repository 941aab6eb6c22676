"""What the JavaScript SDK's three exporters send is what is stored, field for field."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from storage.engine import Engine
from tests.integration.collecting import Collector, collecting
from tests.integration.test_sdk_fidelity import stored_exactly
from tests.integration.told_spans import texts

FOLDER = Path(__file__).parents[1] / "javascript"


@pytest.fixture(scope="module")
def node() -> str:
    """Node with the exporters of ``package-lock.json``, fetched once."""
    found = shutil.which("node")
    if not found or not shutil.which("npm"):
        pytest.skip("node and npm are not installed; deploy/test-machine.sh does it")
    lock, fetched = FOLDER / "package-lock.json", FOLDER / "node_modules" / ".package-lock.json"
    if not fetched.exists() or fetched.stat().st_mtime < lock.stat().st_mtime:
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(command, cwd=FOLDER, check=True, timeout=300, capture_output=True)
        fetched.touch()
    return found


@pytest.fixture
def collector(tmp_path: Path, engine: Engine) -> Iterator[Collector]:
    with collecting(tmp_path, engine) as running:
        yield running


def expected_row(span: dict[str, Any]) -> dict[str, Any]:
    """The exporter's columns of ``otel_traces`` for a span that the SDK recorded."""
    attributes = dict(span["attributes"])
    if "half" in attributes:
        attributes["half"] = attributes["half"].replace("\ud83d", "�")
    return {
        "Timestamp": int(span["start"]),
        "TraceId": span["traceId"],
        "SpanId": span["spanId"],
        "ParentSpanId": span["parentSpanId"],
        "TraceState": "",
        "SpanName": span["name"],
        "SpanKind": span["kind"].title(),
        "ServiceName": "js",
        "ResourceAttributes": texts(span["resource"]),
        "ScopeName": span["scope"]["name"],
        "ScopeVersion": span["scope"]["version"],
        "ScopeAttributes": {},
        "SchemaUrl": "",
        "SpanAttributes": texts(attributes),
        "Duration": int(span["end"]) - int(span["start"]),
        "StatusCode": span["status"].title(),
        "StatusMessage": span["message"],
        "Events.Timestamp": [int(event["at"]) for event in span["events"]],
        "Events.Name": [event["name"] for event in span["events"]],
        "Events.Attributes": [texts(event["attributes"]) for event in span["events"]],
        "Links.TraceId": [link["traceId"] for link in span["links"]],
        "Links.SpanId": [link["spanId"] for link in span["links"]],
        "Links.TraceState": [link["traceState"] for link in span["links"]],
        "Links.Attributes": [texts(link["attributes"]) for link in span["links"]],
        "TimeClamped": 0,
    }


@pytest.mark.parametrize("kind", ["grpc", "proto", "http"])
def test_every_field_of_every_span_is_stored(node: str, collector: Collector, kind: str) -> None:
    endpoint = f"http://{collector.grpc}" if kind == "grpc" else collector.http
    done = subprocess.run(
        [node, "send.mjs", kind, endpoint], cwd=FOLDER, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    spans = json.loads(done.stdout)
    collector.await_stored(len(spans))
    expected = [expected_row(span) for span in sorted(spans, key=lambda span: int(span["start"]))]
    found = stored_exactly(collector.engine, list(expected[0]))
    for ours, theirs in zip(found, expected, strict=True):
        assert ours == theirs
    calls = collector.engine.query("SELECT operation, request_model, input_tokens FROM llm_calls").rows
    assert [tuple(call) for call in calls] == [("chat", "gpt-4o-mini", 1234)]
