"""Spans of the real OpenTelemetry SDK in all their variety, and the rows they must become."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    TraceState,
    set_span_in_context,
)

SECOND = 10**9
ATTRIBUTES: dict[str, Any] = {
    "text": "Grüße, 你好, \u202e🦊",
    "empty": "",
    "quoted": 'a "quoted" \\ line\nand\ttab',
    "json": '{"role": "user", "parts": [{"content": "x/y"}]}',
    "true": True,
    "false": False,
    "zero": 0,
    "largest": 2**63 - 1,
    "smallest": -(2**63),
    "float": 0.1,
    "whole": 20.0,
    "tiny": 5e-324,
    "huge": 1.7976931348623157e308,
    "texts": ["a", "", 'b "c"', "ü"],
    "numbers": [1, -2, 2**53 + 1],
    "floats": [0.5, -1.25, 3.0],
    "flags": [True, False],
    "gen_ai.operation.name": "chat",
    "gen_ai.request.model": "gpt-4o-mini",
    "gen_ai.usage.input_tokens": 1234,
    "gen_ai.response.finish_reasons": ("stop",),
}


def tell(start_ns: int) -> list[ReadableSpan]:
    """Return spans that the SDK recorded from ``start_ns`` on."""
    kept = InMemorySpanExporter()
    limits = SpanLimits(max_span_attributes=40, max_events=3, max_links=3, max_event_attributes=3)
    resource = Resource(
        {"service.name": "told", "service.version": "1.2", "flags": [True], "weights": [0.5, 2.0], "replicas": 3},
        schema_url="https://opentelemetry.io/schemas/1.40.0",
    )
    provider = TracerProvider(resource=resource, span_limits=limits, shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(kept))
    scope = {"schema_url": "https://opentelemetry.io/schemas/1.41.0", "attributes": {"part": "a", "number": 7}}
    tracer = provider.get_tracer("told.scope", "9.8.7", **scope)
    bare = provider.get_tracer("bare")
    root = tracer.start_span("chat gpt-4o-mini", None, SpanKind.CLIENT, ATTRIBUTES, start_time=start_ns + 123_456_789)
    inside = set_span_in_context(root)
    for place, kind in enumerate(SpanKind):
        child = bare.start_span(f"kind {kind.name}", inside, kind, start_time=start_ns + place * SECOND)
        child.end(start_ns + place * SECOND + place)  # from no duration to some nanoseconds
    _linked(tracer, start_ns)
    _dropped(tracer, start_ns)
    _failed(tracer, inside, start_ns)
    _continued(tracer, start_ns)
    root.set_status(Status(StatusCode.OK))
    root.end(start_ns + 30 * SECOND + 1)
    provider.shutdown()
    return list(kept.get_finished_spans())


def _linked(tracer: Any, start_ns: int) -> None:
    other = SpanContext(
        0xABCDEF0123456789ABCDEF0123456789, 0x0123456789ABCDEF, True, TraceFlags(1), TraceState([("v", "1")])
    )
    links = [Link(other, {"why": "retry", "attempt": 2, "sure": True}), Link(SpanContext(1, 1, False))]
    span = tracer.start_span("linked", None, links=links, start_time=start_ns + SECOND)
    span.add_event("first", {"n": 1, "texts": ("x", "y")}, start_ns + SECOND + 5)
    span.add_event("second", None, start_ns + SECOND + 999_999_999)
    span.end(start_ns + 2 * SECOND)


def _dropped(tracer: Any, start_ns: int) -> None:
    links = [Link(SpanContext(number, number, False)) for number in range(1, 6)]
    span = tracer.start_span("dropped", None, links=links, start_time=start_ns + 2 * SECOND)
    for number in range(45):
        span.set_attribute(f"key.{number:02}", number)
    for number in range(7):
        span.add_event(f"event {number}", {f"key.{place}": place for place in range(5)}, start_ns + 2 * SECOND + number)
    span.end(start_ns + 3 * SECOND)


def _failed(tracer: Any, inside: Any, start_ns: int) -> None:
    span = tracer.start_span("failed", inside, start_time=start_ns + 4 * SECOND)
    try:
        raise TimeoutError("gave up after 30 s – zu spät")
    except TimeoutError as error:
        span.record_exception(error, timestamp=start_ns + 5 * SECOND)
    span.set_status(Status(StatusCode.ERROR, "TimeoutError: gave up"))
    span.end(start_ns + 5 * SECOND)


def _continued(tracer: Any, start_ns: int) -> None:
    """A child of a remote caller, with a trace state."""
    state = TraceState([("vendor", "a:1"), ("other", "b")])
    caller = SpanContext(0x0AF7651916CD43DD8448EB211C80319C, 0x00F067AA0BA902B7, True, TraceFlags(1), state)
    span = tracer.start_span(
        "continued", set_span_in_context(NonRecordingSpan(caller)), SpanKind.SERVER, start_time=start_ns
    )
    span.end(start_ns + 1)


def expected_row(span: ReadableSpan) -> dict[str, Any]:
    """Return the exporter's columns of ``otel_traces`` for a span that the SDK recorded."""
    assert span.start_time is not None
    assert span.end_time is not None
    assert span.instrumentation_scope is not None
    scope = span.instrumentation_scope
    flags = 0x300 if span.parent and span.parent.is_remote else 0x100  # this SDK sends no more of them
    return {
        "Timestamp": span.start_time,
        "TraceId": f"{span.context.trace_id:032x}",
        "SpanId": f"{span.context.span_id:016x}",
        "ParentSpanId": f"{span.parent.span_id:016x}" if span.parent else "",
        "TraceState": span.context.trace_state.to_header(),
        "SpanName": span.name,
        "SpanKind": span.kind.name.title(),
        "ServiceName": "told",
        "ResourceAttributes": texts(span.resource.attributes),
        "ScopeName": scope.name,
        "ScopeVersion": scope.version or "",
        "ScopeAttributes": texts(scope.attributes or {}),
        "SchemaUrl": scope.schema_url or "",
        "SpanAttributes": texts(span.attributes or {}),
        "Duration": span.end_time - span.start_time,
        "StatusCode": span.status.status_code.name.title(),
        "StatusMessage": span.status.description or "",
        "Events.Timestamp": [event.timestamp for event in span.events],
        "Events.Name": [event.name for event in span.events],
        "Events.Attributes": [texts(event.attributes or {}) for event in span.events],
        "Links.TraceId": [f"{link.context.trace_id:032x}" for link in span.links],
        "Links.SpanId": [f"{link.context.span_id:016x}" for link in span.links],
        "Links.TraceState": ["" for _ in span.links],  # this SDK does not send them
        "Links.Attributes": [texts(link.attributes or {}) for link in span.links],
        "DroppedAttributesCount": span.dropped_attributes,
        "DroppedEventsCount": span.dropped_events,
        "DroppedLinksCount": span.dropped_links,
        "Flags": flags,
        "TimeClamped": 0,
        "Tenant": "default",
    }


def texts(attributes: Mapping[str, Any]) -> dict[str, str]:
    """Return attributes as the exporter writes them: text as it is, numbers and booleans plain, arrays as JSON."""
    return {key: text(value) for key, value in attributes.items()}


def text(value: Any) -> str:
    """Return one value as text; numbers in the shortest form that reads back equal."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return number(value)
    if isinstance(value, Sequence):
        return "[" + ",".join(json.dumps(v, ensure_ascii=False) if isinstance(v, str) else text(v) for v in value) + "]"
    return str(value)


def number(value: float) -> str:
    """Return a float as ClickHouse writes it: no point for whole numbers, exponents without a plus sign."""
    return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else repr(value).replace("e+", "e")
