"""Spans of a made trace, encoded by OpenTelemetry's own SDK. Ids and times are fixed: the same bytes each time."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, TraceFlags
from opentelemetry.trace.status import Status

BEGIN_NS = 1_795_600_000 * 10**9
MS = 1_000_000


@dataclass(frozen=True, slots=True)
class Made:
    """One span: begin and end in ms since the trace began, its parent's name, and the row that it must become."""

    name: str
    span: tuple[float, float]
    service: str
    scope: str
    attributes: dict[str, Any] = field(default_factory=dict)
    parent: str = ""
    server: bool = False
    leaf: bool = False  # nothing is under it, so several services may use its name
    events: dict[str, float] = field(default_factory=dict)
    row: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stack:
    """An inference server and the spans that it writes for one request."""

    name: str
    spans: tuple[Made, ...]


def encoded(stack: Stack) -> bytes:
    """Return an export request with all spans of a stack in one trace."""
    return encode_spans([_readable(stack, made) for made in stack.spans]).SerializeToString(deterministic=True)


def _readable(stack: Stack, made: Made) -> ReadableSpan:
    return ReadableSpan(
        name=made.name,
        context=_context(stack, made.name, made.service if made.leaf else ""),
        parent=_context(stack, made.parent) if made.parent else None,
        resource=Resource({"service.name": made.service}),
        attributes=made.attributes,
        events=[Event(name, timestamp=_at(ms)) for name, ms in made.events.items()],
        kind=SpanKind.SERVER if made.server else SpanKind.INTERNAL,
        status=Status(),
        start_time=_at(made.span[0]),
        end_time=_at(made.span[1]),
        instrumentation_scope=InstrumentationScope(made.scope),
    )


def _at(ms: float) -> int:
    return BEGIN_NS + round(ms * MS)


def _context(stack: Stack, name: str, service: str = "") -> SpanContext:
    trace = hashlib.sha256(stack.name.encode()).digest()
    span = hashlib.sha256(f"{stack.name}/{service}/{name}".encode()).digest()
    return SpanContext(
        int.from_bytes(trace[:16], "big"), int.from_bytes(span[:8], "big"), False, TraceFlags(TraceFlags.SAMPLED)
    )
