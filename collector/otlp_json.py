"""OTLP/JSON to the bytes of an ExportTraceServiceRequest.

OTLP's JSON is protobuf's with exceptions that a general converter gets wrong (OTLP specification 1.9, "JSON Protobuf
Encoding"): ids are hexadecimal, enums are integers only, keys are lowerCamelCase only, unknown keys are ignored.

A body is counted before it is parsed, since 20 MiB of ``{},`` would become half a gigabyte of Python objects.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import orjson
from google.protobuf.message import EncodeError, Message
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from collector.errors import TooMany, Undecodable
from collector.json_values import (
    Misfit,
    as_bytes,
    as_flag,
    as_i32,
    as_i64,
    as_identity,
    as_number,
    as_text,
    as_u32,
    as_u64,
)

Json = Any
Put = Callable[[Message, Json], None]
STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL
)


def request_from_json(body: bytes, elements: int) -> bytes:
    """Return the protobuf bytes of an OTLP/JSON request of at most ``elements`` values.

    Raises TooMany, or Undecodable, which names the field that is wrong.
    """
    bound_values(body, elements)
    message = ExportTraceServiceRequest()
    try:
        _fill(message, _parsed(body), MESSAGES["ExportTraceServiceRequest"])
        return message.SerializeToString()
    except Misfit as misfit:
        raise Undecodable(f"{misfit.place or 'the body'} {misfit.wanted}") from None
    except (RecursionError, EncodeError):
        raise Undecodable("an attribute is nested too deep") from None


def bound_values(body: bytes, elements: int) -> None:
    """Raise TooMany when a JSON text holds more than ``elements`` values, without parsing it."""
    if _marks(body) >= elements and _marks(STRING.sub(b"", body)) >= elements:
        raise TooMany(f"a JSON body may hold {elements} values; send smaller batches")


def _marks(text: bytes) -> int:
    """Count what begins an array or object or follows a value; strings' own marks are counted too."""
    return text.count(b"{") + text.count(b"[") + text.count(b",")


def _parsed(body: bytes | bytearray) -> Json:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        # JavaScript cuts strings between the halves of a character and writes the half as an escape.
        whole = bytearray(body)
        for found in ESCAPE.finditer(body):
            if found[1]:
                # As long as what it replaces, so that nothing moves.
                whole[found.start() : found.end()] = rb"\ufffd"
        if whole == body:
            raise Undecodable(f"the body is not JSON: {error.msg} at character {error.pos}") from None
    return _parsed(whole)


def _fill(message: Message, content: Json, puts: Mapping[str, Put]) -> None:
    if not isinstance(content, dict):
        raise Misfit("must be an object")
    for key, value in content.items():
        if value is not None and (put := puts.get(key)) is not None:
            try:
                put(message, value)
            except Misfit as misfit:
                raise misfit.within(key) from None


def _value(name: str, read: Callable[[Json], object]) -> Put:
    def put(message: Message, value: Json) -> None:
        setattr(message, name, read(value))

    return put


def _one(name: str, child: str) -> Put:
    def put(message: Message, value: Json) -> None:
        inner = getattr(message, name)
        inner.SetInParent()
        _fill(inner, value, MESSAGES[child])

    return put


def _many(name: str, child: str) -> Put:
    def put(message: Message, value: Json) -> None:
        if not isinstance(value, list):
            raise Misfit("must be an array")
        add, puts = getattr(message, name).add, MESSAGES[child]
        for number, item in enumerate(value):
            try:
                _fill(add(), item, puts)
            except Misfit as misfit:
                raise misfit.within(number) from None

    return put


def _put_attributes(message: Message, value: Json) -> None:
    """Do as ``_many("attributes", "KeyValue")``, at once where an attribute is a plain string: most of them are."""
    if not isinstance(value, list):
        raise Misfit("must be an array")
    add, puts = message.attributes.add, MESSAGES["KeyValue"]  # type: ignore[attr-defined]
    for number, item in enumerate(value):
        attribute = add()
        try:
            key, text = item["key"], item["value"]["stringValue"]
            plain = len(item) == 2 and len(item["value"]) == 1 and type(key) is str and type(text) is str
        except (KeyError, TypeError):
            plain = False
        if plain:
            attribute.key = key
            attribute.value.string_value = text
            continue
        try:
            _fill(attribute, item, puts)
        except Misfit as misfit:
            raise misfit.within(number) from None


_attributes = {
    "attributes": _put_attributes,
    "droppedAttributesCount": _value("dropped_attributes_count", as_u32),
}
_schema = {"schemaUrl": _value("schema_url", as_text)}
_context = {
    "traceId": _value("trace_id", as_identity),
    "spanId": _value("span_id", as_identity),
    "traceState": _value("trace_state", as_text),
    "flags": _value("flags", as_u32),
}

# message -> lowerCamelCase key -> what puts its value into the message
MESSAGES: Mapping[str, Mapping[str, Put]] = {
    "ExportTraceServiceRequest": {"resourceSpans": _many("resource_spans", "ResourceSpans")},
    "ResourceSpans": {
        "resource": _one("resource", "Resource"),
        "scopeSpans": _many("scope_spans", "ScopeSpans"),
        **_schema,
    },
    "Resource": _attributes,
    "ScopeSpans": {"scope": _one("scope", "Scope"), "spans": _many("spans", "Span"), **_schema},
    "Scope": {"name": _value("name", as_text), "version": _value("version", as_text), **_attributes},
    "Span": {
        **_context,
        **_attributes,
        "parentSpanId": _value("parent_span_id", as_identity),
        "name": _value("name", as_text),
        "kind": _value("kind", as_i32),
        "startTimeUnixNano": _value("start_time_unix_nano", as_u64),
        "endTimeUnixNano": _value("end_time_unix_nano", as_u64),
        "events": _many("events", "Event"),
        "droppedEventsCount": _value("dropped_events_count", as_u32),
        "links": _many("links", "Link"),
        "droppedLinksCount": _value("dropped_links_count", as_u32),
        "status": _one("status", "Status"),
    },
    "Event": {"timeUnixNano": _value("time_unix_nano", as_u64), "name": _value("name", as_text), **_attributes},
    "Link": {**_context, **_attributes},
    "Status": {"message": _value("message", as_text), "code": _value("code", as_i32)},
    "KeyValue": {"key": _value("key", as_text), "value": _one("value", "AnyValue")},
    "AnyValue": {
        "stringValue": _value("string_value", as_text),
        "boolValue": _value("bool_value", as_flag),
        "intValue": _value("int_value", as_i64),
        "doubleValue": _value("double_value", as_number),
        "arrayValue": _one("array_value", "ArrayValue"),
        "kvlistValue": _one("kvlist_value", "KeyValueList"),
        "bytesValue": _value("bytes_value", as_bytes),
    },
    "ArrayValue": {"values": _many("values", "AnyValue")},
    "KeyValueList": {"values": _many("values", "KeyValue")},
}
