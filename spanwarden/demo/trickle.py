"""The demo goes on live: the same services keep calling, told by the real OpenTelemetry SDK over OTLP/gRPC.

Each call becomes a span of the SDK at the moment it ends, with the times it would have had; the SDK's own batch
processor and exporter send it. A fault that was open when the history ended goes on for its first minutes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)

from spanwarden.demo.calls import Call, join
from spanwarden.demo.extras import make_extras
from spanwarden.demo.faults import Effect
from spanwarden.demo.generate import SCENES
from spanwarden.demo.otlp import resource_attributes
from spanwarden.demo.scenes import play_scenes
from spanwarden.demo.signals import Signals
from spanwarden.demo.spans import INTERNAL, Extras
from spanwarden.demo.speak import describe
from spanwarden.demo.traffic import play

CHUNK_MINUTES = 30
STILL_OPEN_NS = 10 * 60 * 10**9
FLUSH_MS = 500
STOP_SECONDS = 5.0
LIVE = 1_000_000  # apart from the parts of the history that chance is drawn for


class _GivenIds(IdGenerator):
    """Gives the SDK the ids of the call that is being told."""

    call: Call

    def generate_trace_id(self) -> int:
        return self.call.trace_high << 64 | self.call.trace_low

    def generate_span_id(self) -> int:
        return self.call.span


class Trickle:
    """Live traffic from a thread, at the pace of the history (``pace`` = 1) or a multiple of it."""

    def __init__(
        self,
        endpoint: str,
        seed: int,
        *,
        still_open: Sequence[Effect] = (),
        pace: float = 1.0,
        token: str = "",
        clock_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        headers = (("authorization", f"Bearer {token}"),) if token else None
        exporter = OTLPSpanExporter(endpoint=f"http://{endpoint}", insecure=True, headers=headers)
        self._processor = BatchSpanProcessor(exporter, schedule_delay_millis=FLUSH_MS)
        self._ids = _GivenIds()
        self._providers: dict[tuple[int, int], TracerProvider] = {}
        self._signals = Signals(endpoint, headers or (), seed, clock_ns)
        self._seed, self._still_open, self._pace, self._clock_ns = seed, tuple(still_open), pace, clock_ns
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="demo-trickle", daemon=True)
        self.spans = 0

    def start(self) -> None:
        """Begin now."""
        self._thread.start()
        self._signals.start()

    def stop(self) -> None:
        """End, and send what is waiting."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(STOP_SECONDS)
        self._signals.stop(STOP_SECONDS)
        self._processor.shutdown()  # type: ignore[no-untyped-call]

    def _run(self) -> None:
        began_ns = self._clock_ns()
        chunk = 0
        while not self._stopping.is_set():
            self._play(began_ns, began_ns + chunk * CHUNK_MINUTES * 60 * 10**9, chunk)
            chunk += 1

    def _play(self, began_ns: int, start_ns: int, chunk: int) -> None:
        """Tell what happens in the half hour from ``start_ns``, as it happens."""
        always = Effect({}, start_ns, start_ns + CHUNK_MINUTES * 60 * 10**9, traffic=self._pace)
        faults = (replace(effect, start_ns=began_ns, end_ns=began_ns + STILL_OPEN_NS) for effect in self._still_open)
        seed = (self._seed, LIVE, chunk)
        start = datetime.fromtimestamp(start_ns / 1e9, UTC)
        crowd = play(start, CHUNK_MINUTES, (always, *faults), seed)
        calls = join([crowd, play_scenes(start, CHUNK_MINUTES, (*seed, SCENES), self._pace)])
        extras = make_extras(calls, CHUNK_MINUTES / 1440, seed)
        for call in calls.each():
            if self._stopping.wait(max(0.0, (call.end_ns - self._clock_ns()) / 1e9)):
                return
            self._tell(call, extras)

    def _tell(self, call: Call, extras: Extras) -> None:
        span = describe(call, extras)
        self._ids.call = call
        tracer = self._provider(call.stream, call.version).get_tracer(span.scope, "1.3.0")
        kind = SpanKind.INTERNAL if span.kind == INTERNAL else SpanKind.CLIENT
        told = tracer.start_span(span.name, _parent(call), kind, span.attributes, start_time=call.start_ns)
        for name, at, attributes in span.events:
            told.add_event(name, attributes, at)
        if span.error:
            told.set_status(Status(StatusCode.ERROR, span.message))
        told.end(call.end_ns)
        self._signals.log(call)
        self.spans += 1

    def _provider(self, stream: int, version: int) -> TracerProvider:
        """Return the SDK of one service in one region and version; all share one processor."""
        if (stream, version) not in self._providers:
            resource = Resource.create(resource_attributes(stream, version))
            provider = TracerProvider(resource=resource, id_generator=self._ids, shutdown_on_exit=False)
            provider.add_span_processor(self._processor)
            self._providers[stream, version] = provider
        return self._providers[stream, version]


def _parent(call: Call) -> Context:
    """Return the context of the call's parent span; an empty one for a root."""
    if not call.parent:
        return Context()
    parent = SpanContext(
        call.trace_high << 64 | call.trace_low, call.parent, is_remote=False, trace_flags=TraceFlags(1)
    )
    return set_span_in_context(NonRecordingSpan(parent), Context())
