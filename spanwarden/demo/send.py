"""Send a demo's history through the collector's own door: OTLP over gRPC, several requests in flight."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

import grpc
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from spanwarden.demo.generate import Demo

EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
EXPORT_LOGS = "/opentelemetry.proto.collector.logs.v1.LogsService/Export"
EXPORT_METRICS = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export"
IN_FLIGHT = 8
TIMEOUT_S = 20.0
PATIENCE_S = 120.0
FIRST_WAIT_S, LONGEST_WAIT_S = 0.25, 5.0
# The codes that OTLP calls retryable: https://opentelemetry.io/docs/specs/otlp/#failures
RETRYABLE = frozenset(
    (
        grpc.StatusCode.CANCELLED,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.ABORTED,
        grpc.StatusCode.OUT_OF_RANGE,
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DATA_LOSS,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
    )
)


class SendFailed(Exception):
    """The collector refused a request for good, or stayed away too long. The message says which."""


@dataclass(slots=True)
class SendReport:
    """What was sent; ``rejected`` spans, records and points were named in partial successes."""

    requests: int = 0
    spans: int = 0
    records: int = 0
    points: int = 0
    rejected: int = 0
    retries: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class _Sender:
    export: Callable[..., grpc.Future[bytes]]
    rejected: Callable[[bytes], int]
    sleep: Callable[[float], None]
    clock: Callable[[], float]
    report: SendReport

    def settle(self, body: bytes, reply: grpc.Future[bytes]) -> None:
        """Wait for a reply; send again while the collector asks for it. Raises SendFailed."""
        give_up = self.clock() + PATIENCE_S
        wait = FIRST_WAIT_S
        while True:
            try:
                self._count(reply.result())
                return
            except grpc.RpcError as error:
                if error.code() not in RETRYABLE:
                    raise SendFailed(
                        f"the collector refused the history: {error.code().name} {error.details()}"
                    ) from None
                if self.clock() > give_up:
                    raise SendFailed(
                        f"the collector did not answer for {PATIENCE_S:.0f} s: {error.details()}"
                    ) from None
            self.report.retries += 1
            self.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT_S)
            reply = self.export(body, timeout=TIMEOUT_S)

    def _count(self, answer: bytes) -> None:
        self.report.requests += 1
        self.report.rejected += self.rejected(answer)

    def send(self, bodies: Iterable[bytes]) -> None:
        """Send all, in order, IN_FLIGHT at a time. Raises SendFailed."""
        waiting: deque[tuple[bytes, grpc.Future[bytes]]] = deque()
        for body in bodies:
            if len(waiting) >= IN_FLIGHT:
                self.settle(*waiting.popleft())
            waiting.append((body, self.export(body, timeout=TIMEOUT_S)))
        while waiting:
            self.settle(*waiting.popleft())


def send_history(
    demo: Demo,
    endpoint: str,
    *,
    token: str = "",
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> SendReport:
    """Send the whole history to ``endpoint`` ("127.0.0.1:4317") and return what became of it: spans, logs, metrics.

    Requests go out in order, IN_FLIGHT at a time; each is sent again with growing waits while the collector is away.
    ``token`` is an ingest token. Raises SendFailed.
    """
    began, report = clock(), SendReport()
    metadata = (("authorization", f"Bearer {token}"),) if token else ()
    with grpc.insecure_channel(endpoint) as channel:
        for method, rejected, bodies in (
            (EXPORT, _rejected_spans, demo.requests()),
            (EXPORT_LOGS, _rejected_records, demo.log_requests()),
            (EXPORT_METRICS, _rejected_points, demo.metric_requests()),
        ):
            call = channel.unary_unary(method, bytes, bytes)  # the bodies are bytes already
            export = partial(call.future, metadata=metadata)
            _Sender(export, rejected, sleep, clock, report).send(bodies)
    signals = demo.key["signals"]
    report.spans, report.records, report.points = len(demo.calls), signals["log_records"], signals["metric_points"]
    report.seconds = clock() - began
    return report


def _rejected_spans(answer: bytes) -> int:
    return int(ExportTraceServiceResponse.FromString(answer).partial_success.rejected_spans)


def _rejected_records(answer: bytes) -> int:
    return int(ExportLogsServiceResponse.FromString(answer).partial_success.rejected_log_records)


def _rejected_points(answer: bytes) -> int:
    return int(ExportMetricsServiceResponse.FromString(answer).partial_success.rejected_data_points)
