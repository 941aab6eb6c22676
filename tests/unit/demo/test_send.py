"""History and trickle against a real gRPC server that answers as it is told."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

import grpc
import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from spanwarden.demo.faults import Effect
from spanwarden.demo.generate import Demo, generate
from spanwarden.demo.send import EXPORT, EXPORT_LOGS, EXPORT_METRICS, SendFailed, send_history
from spanwarden.demo.trickle import Trickle
from tests.unit.demo.reading import rows

START = datetime(2026, 11, 9, 9, 0, tzinfo=UTC)


@dataclass
class Door(grpc.GenericRpcHandler):
    """Takes OTLP; fails its first calls with the codes in ``codes``. ``bodies`` are those of spans."""

    codes: list[grpc.StatusCode] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    metadata: list[dict[str, str]] = field(default_factory=list)
    endpoint: str = ""
    rejected: int = 0
    others: dict[str, list[bytes]] = field(default_factory=lambda: {EXPORT_LOGS: [], EXPORT_METRICS: []})

    def service(self, details):
        if details.method in self.others:
            return grpc.unary_unary_rpc_method_handler(partial(self.take, details.method))
        return grpc.unary_unary_rpc_method_handler(self.export) if details.method == EXPORT else None

    def take(self, method, body, context):
        self.others[method].append(body)
        return b""

    def export(self, body, context):
        self.metadata.append(dict(context.invocation_metadata()))
        if self.codes:
            context.abort(self.codes.pop(0), "not now")
        self.bodies.append(body)
        answer = ExportTraceServiceResponse()
        answer.partial_success.rejected_spans = self.rejected
        return answer.SerializeToString()


@pytest.fixture
def door() -> Iterator[Door]:
    server = grpc.server(ThreadPoolExecutor(4))
    opened = Door()
    server.add_generic_rpc_handlers((opened,))
    opened.endpoint = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    yield opened
    server.stop(0).wait()


@pytest.fixture(scope="module")
def demo() -> Demo:
    return generate(4, start=START, days=0.15)


def test_the_whole_history_arrives_though_the_collector_was_away_at_first(door, demo):
    door.codes = [grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.UNAVAILABLE]
    waits: list[float] = []
    report = send_history(demo, door.endpoint, token="abc", sleep=waits.append)
    assert sorted(door.bodies) == sorted(demo.requests())
    others = sum(map(len, door.others.values()))
    assert (report.requests - others, report.spans, report.rejected) == (len(door.bodies), len(demo.calls), 0)
    assert report.retries == len(waits) == 3
    assert {given["authorization"] for given in door.metadata} == {"Bearer abc"}


def test_logs_and_metrics_go_through_doors_of_their_own(door, demo):
    report = send_history(demo, door.endpoint)
    logs = [ExportLogsServiceRequest.FromString(body) for body in door.others[EXPORT_LOGS]]
    metrics = [ExportMetricsServiceRequest.FromString(body) for body in door.others[EXPORT_METRICS]]
    records = [one for log in logs for r in log.resource_logs for scope in r.scope_logs for one in scope.log_records]
    told = [one for m in metrics for r in m.resource_metrics for scope in r.scope_metrics for one in scope.metrics]
    points = sum(len(one.gauge.data_points) + len(one.sum.data_points) + len(one.histogram.data_points) for one in told)
    assert (report.records, report.points) == (len(records), points)
    assert min(report.records, report.points) > 0
    assert {"records": report.records, "points": report.points} == {
        "records": demo.key["signals"]["log_records"],
        "points": demo.key["signals"]["metric_points"],
    }


def test_a_refusal_for_good_ends_the_sending_and_is_named(door, demo):
    door.codes = [grpc.StatusCode.UNAUTHENTICATED] * 100
    with pytest.raises(SendFailed, match="UNAUTHENTICATED"):
        send_history(demo, door.endpoint, sleep=lambda _: None)


def test_a_collector_that_stays_away_ends_the_sending(door, demo):
    door.codes = [grpc.StatusCode.UNAVAILABLE] * 1000
    ticks = iter(range(0, 100_000, 30))
    with pytest.raises(SendFailed, match="did not answer for 120 s"):
        send_history(demo, door.endpoint, sleep=lambda _: None, clock=lambda: float(next(ticks)))


def test_rejected_spans_of_partial_successes_are_counted(door, demo):
    door.rejected = 2
    report = send_history(demo, door.endpoint)
    assert report.rejected == 2 * len(door.bodies)


def test_the_trickle_tells_calls_through_the_sdk_when_they_end(door):
    now = time.time_ns()
    fault = Effect({"service": "chat-assistant"}, 0, 1, failure_rate=1.0, error_type="timeout")
    trickle = Trickle(door.endpoint, 3, still_open=(fault,), pace=120.0)
    trickle.start()
    until = time.monotonic() + 20
    while len(told(door)) < 60 and time.monotonic() < until:
        time.sleep(0.1)
    trickle.stop()
    after = time.time_ns()
    spans = told(door)
    assert len(spans) == trickle.spans >= 60
    assert all(now <= row.start_ns <= row.end_ns <= after for row in spans)
    assert {row.error for row in spans if row.columns["service"] == "chat-assistant"} == {"timeout"}
    children = [row for row in spans if row.parent]
    assert {row.columns["service"] for row in children} & {"rag-search", "coding-agent"}
    sent = ExportTraceServiceRequest.FromString(door.bodies[0])
    assert {"telemetry.sdk.version"} <= {entry.key for entry in sent.resource_spans[0].resource.attributes}


def told(door: Door) -> list:
    return [row for body in list(door.bodies) for row in rows(body)]
