"""Captured export requests moved to the last hour: the collector keeps no times that are older than its days."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

PROTOBUF, JSON = "application/x-protobuf", "application/json"
TIMES = ("start_time_unix_nano", "end_time_unix_nano", "time_unix_nano", "observed_time_unix_nano")
JSON_TIMES = ("startTimeUnixNano", "endTimeUnixNano", "timeUnixNano")


@dataclass(frozen=True, slots=True)
class Capture:
    """The body of a request, its content type, how many spans, records or points it holds, of which traces."""

    body: bytes
    kind: str
    items: int
    traces: list[str]

    def post(self, url: str) -> None:
        """Send it; the door must take all of it."""
        answer = requests.post(url, data=self.body, headers={"Content-Type": self.kind}, timeout=30)
        assert answer.status_code == 200, answer.text


def read_spans(folder: Path) -> Capture:
    """Return the spans of a capture, whichever form they were sent in."""
    if (folder / "traces.json").exists():
        return _json_spans(json.loads((folder / "traces.json").read_text()))
    request = ExportTraceServiceRequest()
    request.ParseFromString((folder / "traces.binpb").read_bytes())
    spans = [span for resource in request.resource_spans for scope in resource.scope_spans for span in scope.spans]
    _move([*spans, *(event for span in spans for event in span.events)])
    return Capture(request.SerializeToString(), PROTOBUF, len(spans), _ids(spans))


def read_logs(folder: Path) -> Capture:
    """Return the log records of a capture."""
    request = ExportLogsServiceRequest()
    request.ParseFromString((folder / "logs.binpb").read_bytes())
    records = [one for resource in request.resource_logs for scope in resource.scope_logs for one in scope.log_records]
    _move(records)
    return Capture(request.SerializeToString(), PROTOBUF, len(records), _ids(records))


def read_metrics(folder: Path) -> Capture:
    """Return the data points of a capture."""
    request = ExportMetricsServiceRequest()
    request.ParseFromString((folder / "metrics.binpb").read_bytes())
    metrics = [
        one for resource in request.resource_metrics for scope in resource.scope_metrics for one in scope.metrics
    ]
    points = [point for one in metrics for point in getattr(one, str(one.WhichOneof("data"))).data_points]
    _move(points)
    return Capture(request.SerializeToString(), PROTOBUF, len(points), [])


def _json_spans(request: dict[str, Any]) -> Capture:
    spans = [s for resource in request["resourceSpans"] for scope in resource["scopeSpans"] for s in scope["spans"]]
    by = _an_hour_ago() - min(int(span["startTimeUnixNano"]) for span in spans)
    for timed in (one for span in spans for one in (span, *span["events"])):
        timed.update({name: str(int(timed[name]) + by) for name in JSON_TIMES if name in timed})
    return Capture(json.dumps(request).encode(), JSON, len(spans), sorted({span["traceId"] for span in spans}))


def _move(timed: Iterable[Any]) -> None:
    """Move every time that is set by the same span of time; the first is then an hour ago."""
    times = [(one, name, getattr(one, name)) for one in timed for name in TIMES if getattr(one, name, 0)]
    by = _an_hour_ago() - min(time for _, _, time in times)
    for one, name, at in times:
        setattr(one, name, at + by)


def _ids(items: Iterable[Any]) -> list[str]:
    return sorted({item.trace_id.hex() for item in items})


def _an_hour_ago() -> int:
    return time.time_ns() - 3600 * 10**9
