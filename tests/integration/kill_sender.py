"""An application under load: sends batches through real OpenTelemetry exporters and writes down how each ended.

python -m tests.integration.kill_sender <grpc|http> <endpoint> <name> <log>

Batches are spans, log records and data points in turn. A line a batch: ``<signal> <batch's name> <items> <acked|lost>
<when it ended, seconds> <how long it took, seconds>``. It runs until its standard input is closed, and then finishes
the batch under way.
"""

from __future__ import annotations

import itertools
import logging
import random
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

from opentelemetry._logs import LogRecord
from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter as GrpcLogs
from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter as GrpcMetrics
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcSpans
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter as HttpLogs
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter as HttpMetrics
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpSpans
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import set_span_in_context

ATTRIBUTES = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-4o-mini",
    "gen_ai.usage.input_tokens": 120,
    "gen_ai.usage.output_tokens": 40,
    "gen_ai.output.messages": "a completion of some length " * 10,
}
Batch = tuple[str, int, Any]


def span_batches(name: str) -> Callable[[], Batch]:
    """Batches of finished spans: one trace each, which is the batch's name."""
    kept = InMemorySpanExporter()
    provider = TracerProvider(resource=Resource({"service.name": name}), shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(kept))
    tracer = provider.get_tracer("kill")

    def batch() -> Batch:
        root = tracer.start_span("chat gpt-4o-mini", attributes=ATTRIBUTES)
        inside = set_span_in_context(root)
        for _ in range(random.randint(0, 79)):
            tracer.start_span("chat gpt-4o-mini", inside, attributes=ATTRIBUTES).end()
        root.end()
        finished = list(kept.get_finished_spans())
        kept.clear()
        return f"{finished[0].context.trace_id:032x}", len(finished), finished

    return batch


def log_batches(name: str) -> Callable[[], Batch]:
    """Batches of log records whose bodies are a number each and whose attribute ``batch`` names them."""
    kept = InMemoryLogRecordExporter()
    provider = LoggerProvider(Resource({"service.name": name}), shutdown_on_exit=False)
    provider.add_log_record_processor(SimpleLogRecordProcessor(kept))
    logger = provider.get_logger("kill")

    def batch() -> Batch:
        own = uuid4().hex
        for number in range(random.randint(1, 40)):
            logger.emit(LogRecord(timestamp=time.time_ns(), body=str(number), attributes={"batch": own}))
        finished = list(kept.get_finished_logs())
        kept.clear()
        return own, len(finished), finished

    return batch


def metric_batches(name: str) -> Callable[[], Batch]:
    """Batches of data points of three kinds; each point's attribute ``batch`` names its batch, ``n`` the point."""

    def batch() -> Batch:
        own, reader = uuid4().hex, InMemoryMetricReader()
        meter = MeterProvider((reader,), Resource({"service.name": name}), shutdown_on_exit=False).get_meter("kill")
        counter, gauge = meter.create_counter("calls"), meter.create_gauge("running")
        histogram = meter.create_histogram("ttft")
        points = random.randint(1, 10)
        for n in range(points):
            for record in (counter.add, gauge.set, histogram.record):
                record(n, {"batch": own, "n": n})
        return own, 3 * points, reader.get_metrics_data()

    return batch


def exporters(kind: str, endpoint: str) -> dict[str, Any]:
    """The real exporter of each signal."""
    if kind == "grpc":
        return {
            "traces": GrpcSpans(endpoint=endpoint, insecure=True, timeout=10),
            "logs": GrpcLogs(endpoint=endpoint, insecure=True, timeout=10),
            "metrics": GrpcMetrics(endpoint=endpoint, insecure=True, timeout=10),
        }
    at = endpoint.removesuffix("traces")
    return {
        "traces": HttpSpans(endpoint=f"{at}traces", timeout=10),
        "logs": HttpLogs(endpoint=f"{at}logs", timeout=10),
        "metrics": HttpMetrics(endpoint=f"{at}metrics", timeout=10),
    }


def main(kind: str, endpoint: str, name: str, log: str) -> None:
    logging.disable(logging.CRITICAL)
    stop = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
    made = {"traces": span_batches(name), "logs": log_batches(name), "metrics": metric_batches(name)}
    sent = exporters(kind, endpoint)
    # Two of three batches are spans.
    turns = itertools.cycle(("traces", "logs", "traces", "metrics", "traces", "traces"))
    with Path(log).open("a", buffering=1) as lines:
        while not stop.is_set():
            signal = next(turns)
            own, items, batch = made[signal]()
            before = time.time()
            acked = sent[signal].export(batch).name == "SUCCESS"
            end = time.time()
            lines.write(f"{signal} {own} {items} {'acked' if acked else 'lost'} {end:.4f} {end - before:.4f}\n")
            stop.wait(0.03)
    for exporter in sent.values():
        exporter.shutdown()


if __name__ == "__main__":
    main(*sys.argv[1:])
