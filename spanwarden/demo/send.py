"""Send a demo's history through the collector's own door: OTLP over gRPC, several requests in flight."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import grpc
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from spanwarden.demo.generate import Demo

EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
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
    """What was sent; ``rejected`` spans were named in partial successes."""

    requests: int = 0
    spans: int = 0
    rejected: int = 0
    retries: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class _Sender:
    export: Callable[..., grpc.Future[bytes]]
    sleep: Callable[[float], None]
    clock: Callable[[], float]
    report: SendReport = field(default_factory=SendReport)

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
        self.report.rejected += ExportTraceServiceResponse.FromString(answer).partial_success.rejected_spans


def send_history(
    demo: Demo,
    endpoint: str,
    *,
    token: str = "",
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> SendReport:
    """Send the whole history to ``endpoint`` ("127.0.0.1:4317") and return what became of it.

    Requests go out in order, IN_FLIGHT at a time; each is sent again with growing waits while the collector is away.
    ``token`` is an ingest token. Raises SendFailed.
    """
    began = clock()
    metadata = (("authorization", f"Bearer {token}"),) if token else ()
    with grpc.insecure_channel(endpoint) as channel:
        call = channel.unary_unary(EXPORT, bytes, bytes)  # the bodies are bytes already
        sender = _Sender(lambda body, timeout: call.future(body, timeout=timeout, metadata=metadata), sleep, clock)
        waiting: deque[tuple[bytes, grpc.Future[bytes]]] = deque()
        for body in demo.requests():
            if len(waiting) >= IN_FLIGHT:
                sender.settle(*waiting.popleft())
            waiting.append((body, sender.export(body, timeout=TIMEOUT_S)))
        while waiting:
            sender.settle(*waiting.popleft())
    sender.report.spans = len(demo.calls)
    sender.report.seconds = clock() - began
    return sender.report
