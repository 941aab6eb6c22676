"""What the collector and the engine make of a golden capture, beside what the model server's record says."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from storage.engine import Engine
from tests.integration.collecting import Collector

GOLDEN = Path(__file__).parents[1] / "golden" / "dialects"
FORMS = {"traces.binpb": "application/x-protobuf", "traces.json": "application/json"}
FIELDS = """operation, provider, request_model, response_model, response_id, input_tokens, output_tokens,
    cache_read_tokens, reasoning_tokens, finish_reason, CAST(is_stream, 'Bool') AS is_stream, status,
    splitByChar('.', error_type)[-1] AS error_class"""


@dataclass(frozen=True, slots=True)
class Golden:
    """One capture: its bytes, the server's record, the rows that it must become."""

    family: str

    @property
    def folder(self) -> Path:
        return GOLDEN / self.family

    @property
    def expected(self) -> dict[str, Any]:
        """Return ``expected.json``."""
        return json.loads((self.folder / "expected.json").read_text())

    @property
    def record(self) -> list[dict[str, Any]]:
        """Return ``server.json``."""
        return json.loads((self.folder / "server.json").read_text())

    def send(self, collector: Collector) -> None:
        """Send the spans, as if they were of the last hour, to the HTTP door and wait until they are stored."""
        (path,) = (self.folder / name for name in FORMS if (self.folder / name).exists())
        sent = spans_of_the_last_hour(path)
        post(collector.http, sent, FORMS[path.name])
        collector.await_stored(sent.items)

    def send_logs(self, collector: Collector) -> None:
        """Send the log records likewise."""
        sent = logs_of_the_last_hour(self.folder / "logs.binpb")
        post(collector.http.replace("/v1/traces", "/v1/logs"), sent, "application/x-protobuf")
        until = time.monotonic() + 30
        while time.monotonic() < until and stored_logs(collector.engine) < sent.items:
            time.sleep(0.05)
        assert stored_logs(collector.engine) == sent.items


@dataclass(frozen=True, slots=True)
class Sent:
    """The body of a request and how many spans or log records it holds."""

    body: bytes
    items: int


def post(url: str, sent: Sent, kind: str) -> None:
    answer = requests.post(url, data=sent.body, headers={"Content-Type": kind}, timeout=30)
    assert answer.status_code == 200, answer.text


def stored_logs(engine: Engine) -> int:
    return int(engine.query("SELECT count() FROM otel_logs").rows[0][0])


def spans_of_the_last_hour(path: Path) -> Sent:
    """Return a capture moved in time: the collector keeps no times that are older than its days."""
    if path.suffix == ".json":
        return _moved_json(json.loads(path.read_text()))
    request = ExportTraceServiceRequest()
    request.ParseFromString(path.read_bytes())
    spans = [span for resource in request.resource_spans for scope in resource.scope_spans for span in scope.spans]
    by = _an_hour_ago() - min(span.start_time_unix_nano for span in spans)
    for span in spans:
        span.start_time_unix_nano += by
        span.end_time_unix_nano += by
        for event in span.events:
            event.time_unix_nano += by
    return Sent(request.SerializeToString(), len(spans))


def logs_of_the_last_hour(path: Path) -> Sent:
    """Return captured log records moved in time."""
    request = ExportLogsServiceRequest()
    request.ParseFromString(path.read_bytes())
    records = [one for resource in request.resource_logs for scope in resource.scope_logs for one in scope.log_records]
    by = _an_hour_ago() - min(one.observed_time_unix_nano for one in records)
    for one in records:
        one.observed_time_unix_nano += by
        one.time_unix_nano += by if one.time_unix_nano else 0
    return Sent(request.SerializeToString(), len(records))


def _moved_json(request: dict[str, Any]) -> Sent:
    spans = [s for resource in request["resourceSpans"] for scope in resource["scopeSpans"] for s in scope["spans"]]
    by = _an_hour_ago() - min(int(span["startTimeUnixNano"]) for span in spans)
    for timed in (one for span in spans for one in (span, *span["events"])):
        for name in ("startTimeUnixNano", "endTimeUnixNano", "timeUnixNano"):
            if name in timed:
                timed[name] = str(int(timed[name]) + by)
    return Sent(json.dumps(request).encode(), len(spans))


def _an_hour_ago() -> int:
    return time.time_ns() - 3600 * 10**9


COUNTED = "is_llm_call = 1 AND duplicate_of = ''"


def calls(engine: Engine, fields: str = FIELDS, where: str = COUNTED) -> list[dict[str, Any]]:
    """Return calls in order of time: the model calls that are counted, in the fields of ``expected.json``."""
    return engine.query(f"SELECT {fields} FROM llm_calls WHERE {where} ORDER BY timestamp, duration_ms").dicts()


def named(engine: Engine, operation: str, column: str) -> list[str]:
    """Return the names of the tools or agents that ran, in order of time."""
    found = engine.query(
        f"SELECT {column} FROM llm_calls WHERE operation = {{operation:String}} AND {column} != '' ORDER BY timestamp",
        {"operation": operation},
    )
    return [row[0] for row in found.rows]


def differences(family: str, found: list[dict[str, Any]], expected: list[dict[str, Any]]) -> list[str]:
    """Return a line for each field that is not as the server's record says, and one for a wrong number of calls."""
    wrong = [f"{family}: {len(found)} calls, expected {len(expected)}"] if len(found) != len(expected) else []
    pairs = zip(found, expected, strict=False)
    return wrong + [
        f"{family} call {number} ({theirs['operation']}): {field} is {ours[field]!r}, expected {value!r}"
        for number, (ours, theirs) in enumerate(pairs)
        for field, value in theirs.items()
        if ours[field] != value
    ]
