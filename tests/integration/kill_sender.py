"""An application under load: sends batches through a real OpenTelemetry exporter and writes down how each ended.

python -m tests.integration.kill_sender <grpc|http> <endpoint> <name> <log>

A line a batch: ``<trace id> <spans> <acked|lost> <when it ended, seconds> <how long it took, seconds>``. It runs until
its standard input is closed, and then finishes the batch under way.
"""

from __future__ import annotations

import logging
import random
import sys
import threading
import time
from pathlib import Path

from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult
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


class Recorder:
    """Makes batches of finished spans: one trace each."""

    def __init__(self, name: str) -> None:
        self.kept = InMemorySpanExporter()
        provider = TracerProvider(resource=Resource({"service.name": name}), shutdown_on_exit=False)
        provider.add_span_processor(SimpleSpanProcessor(self.kept))
        self.tracer = provider.get_tracer("kill")

    def batch(self, spans: int) -> list[ReadableSpan]:
        root = self.tracer.start_span("chat gpt-4o-mini", attributes=ATTRIBUTES)
        inside = set_span_in_context(root)
        for _ in range(spans - 1):
            self.tracer.start_span("chat gpt-4o-mini", inside, attributes=ATTRIBUTES).end()
        root.end()
        finished = list(self.kept.get_finished_spans())
        self.kept.clear()
        return finished


def exporter_of(kind: str, endpoint: str) -> SpanExporter:
    if kind == "grpc":
        return GrpcExporter(endpoint=endpoint, insecure=True, timeout=10)
    return HttpExporter(endpoint=endpoint, timeout=10)


def main(kind: str, endpoint: str, name: str, log: str) -> None:
    logging.disable(logging.CRITICAL)
    stop = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
    recorder, exporter = Recorder(name), exporter_of(kind, endpoint)
    with Path(log).open("a", buffering=1) as lines:
        while not stop.is_set():
            batch = recorder.batch(random.randint(1, 80))
            before = time.time()
            acked = exporter.export(batch) is SpanExportResult.SUCCESS
            end = time.time()
            trace = f"{batch[0].context.trace_id:032x}"
            lines.write(f"{trace} {len(batch)} {'acked' if acked else 'lost'} {end:.4f} {end - before:.4f}\n")
            stop.wait(0.04)
    exporter.shutdown()


if __name__ == "__main__":
    main(*sys.argv[1:])
