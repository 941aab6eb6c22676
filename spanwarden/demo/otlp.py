"""Spans of the demo as OTLP: serialized ExportTraceServiceRequest messages, fast.

Protobuf messages written one after the other merge, so a span is parsed from its own fields and the cached bytes of
its attributes; most attributes recur, and only the rest is encoded anew.
"""

from __future__ import annotations

from functools import lru_cache

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, InstrumentationScope, KeyValue
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Status
from opentelemetry.proto.trace.v1.trace_pb2 import Span as SpanMessage

from spanwarden.demo.calls import Call, Calls
from spanwarden.demo.cast import STREAMS
from spanwarden.demo.spans import CLIENT, INTERNAL, Extras, Span, Value
from spanwarden.demo.speak import describe

ERROR_STATUS = Status.STATUS_CODE_ERROR
KINDS = {INTERNAL: SpanMessage.SPAN_KIND_INTERNAL, CLIENT: SpanMessage.SPAN_KIND_CLIENT}


def request(calls: Calls, extras: Extras) -> bytes:
    """Return these calls as one request, the spans grouped by resource and scope."""
    message = ExportTraceServiceRequest()
    resources: dict[tuple[int, int], ResourceSpans] = {}
    scopes: dict[tuple[int, int, str], ScopeSpans] = {}
    for call in calls.each():
        span = describe(call, extras)
        origin = (call.stream, call.version)
        place = (*origin, span.scope)
        if origin not in resources:
            resources[origin] = message.resource_spans.add(resource=_resource(*origin))
        if place not in scopes:
            scope = InstrumentationScope(name=span.scope, version="1.3.0")
            scopes[place] = resources[origin].scope_spans.add(scope=scope)
        scopes[place].spans.add().ParseFromString(_encode(call, span))
    return bytes(message.SerializeToString())


def resource_attributes(stream: int, version: int) -> dict[str, str]:
    """Return what the resource of a stream's spans says."""
    cast = STREAMS[stream]
    return {
        "service.name": cast.service,
        "service.version": cast.versions[version][0],
        "service.instance.id": f"{cast.service}-{cast.region}-0",
        "deployment.environment.name": "production",
        "cloud.provider": "aws",
        "cloud.region": cast.region,
        "telemetry.sdk.language": "python",
        "telemetry.sdk.name": "opentelemetry",
    }


@lru_cache(maxsize=256)
def _resource(stream: int, version: int) -> Resource:
    return Resource(attributes=[_key_value(*entry) for entry in resource_attributes(stream, version).items()])


def _encode(call: Call, span: Span) -> bytes:
    head = SpanMessage(
        trace_id=trace_id(call),
        span_id=span_id(call.span),
        parent_span_id=span_id(call.parent) if call.parent else b"",
        name=span.name,
        kind=KINDS[span.kind],
        start_time_unix_nano=call.start_ns,
        end_time_unix_nano=call.end_ns,
        flags=0x101,
    )
    if span.error:
        head.status.CopyFrom(Status(code=ERROR_STATUS, message=span.message))
    for name, at, attributes in span.events:
        head.events.add(name=name, time_unix_nano=at, attributes=[_key_value(*entry) for entry in attributes.items()])
    return b"".join((head.SerializeToString(), *(_attribute(key, value) for key, value in span.attributes.items())))


def trace_id(call: Call) -> bytes:
    """Return the trace's id."""
    return call.trace_high.to_bytes(8, "big") + call.trace_low.to_bytes(8, "big")


def span_id(number: int) -> bytes:
    """Return a span's id."""
    return number.to_bytes(8, "big")


def _attribute(key: str, value: Value) -> bytes:
    """Return a span's field ``attributes`` with one entry."""
    return _fresh(key, value) if isinstance(value, list) and len(value) > 1 else _cached(key, _hashable(value))


def _hashable(value: Value) -> str | bool | int | float | tuple[str | int, ...]:
    return tuple(value) if isinstance(value, list) else value


@lru_cache(maxsize=32768, typed=True)
def _cached(key: str, value: str | bool | int | float | tuple[str | int, ...]) -> bytes:
    return _fresh(key, value)


def _fresh(key: str, value: object) -> bytes:
    return bytes(SpanMessage(attributes=[_key_value(key, value)]).SerializeToString())


def _key_value(key: str, value: object) -> KeyValue:
    return KeyValue(key=key, value=any_value(value))


def any_value(value: object) -> AnyValue:
    """Return a plain value as OTLP's AnyValue; what is none of its kinds as text."""
    if isinstance(value, bool):
        return AnyValue(bool_value=value)
    if isinstance(value, int):
        return AnyValue(int_value=value)
    if isinstance(value, float):
        return AnyValue(double_value=value)
    if isinstance(value, (list, tuple)):
        return AnyValue(array_value=ArrayValue(values=[any_value(item) for item in value]))
    return AnyValue(string_value=str(value))
