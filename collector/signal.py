"""OTLP's three signals: what tells one from another on the wire, in the spool and in what a client is told.

A request of any signal is the same onion: resources (field 1), in them scopes (field 2), in them items (field 2):
spans, log records, or metrics, whose data points lie deeper still. All that treats signals alike is built on that.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from google.protobuf.message import Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest, ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

# A segment's name begins with its UUID; behind it stands the signal, but for traces, which were alone at first.
UUID_LENGTH = 36


@dataclass(frozen=True, slots=True, eq=False)
class Signal:
    """One kind of telemetry. ``items`` names what is counted, ``rejected`` the answer's field for those left out.

    ``ages`` is how many times a segment's seconds its segments may wait for more: an INSERT costs 0.3 s of work before
    its first row, whatever it holds.
    """

    name: str
    items: str
    request: type[Message]
    response: type[Message]
    service: str
    rejected: str
    ages: int = 1

    @property
    def path(self) -> str:
        """Return the address of OTLP/HTTP."""
        return f"/v1/{self.name}"

    @property
    def mark(self) -> str:
        """Return what a segment's name ends with, before its suffix."""
        return "" if self is TRACES else f"-{self.name}"


TRACES = Signal(
    "traces",
    "spans",
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
    "opentelemetry.proto.collector.trace.v1.TraceService",
    "rejected_spans",
)
LOGS = Signal(
    "logs",
    "log records",
    ExportLogsServiceRequest,
    ExportLogsServiceResponse,
    "opentelemetry.proto.collector.logs.v1.LogsService",
    "rejected_log_records",
)
METRICS = Signal(
    "metrics",
    "data points",
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
    "opentelemetry.proto.collector.metrics.v1.MetricsService",
    "rejected_data_points",
    ages=5,
)
SIGNALS = (TRACES, LOGS, METRICS)
_BY_MARK = {signal.mark: signal for signal in SIGNALS}


def signal_of(segment: Path) -> Signal | None:
    """Return whose items a segment file holds; None when no signal of ours has such a name."""
    return _BY_MARK.get(segment.stem[UUID_LENGTH:])
