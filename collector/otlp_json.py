"""OTLP/JSON to the bytes of an ExportTraceServiceRequest.

OTLP's JSON is protobuf's with exceptions that a general converter gets wrong (OTLP specification 1.9, "JSON Protobuf
Encoding"): ids are hexadecimal, enums are integers only, keys are lowerCamelCase only, unknown keys are ignored.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Any

import orjson
from google.protobuf.message import Message
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from collector.errors import Undecodable

DEEPEST = 50
Reader = Callable[[Any, str], Any]


def request_from_json(body: bytes) -> bytes:
    """Return the protobuf bytes of an OTLP/JSON request. Raises Undecodable, naming the field that is wrong."""
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Undecodable(f"the body is not JSON: {error.msg} at character {error.pos}") from None
    message = ExportTraceServiceRequest()
    _fill(message, content, "ExportTraceServiceRequest", "", 0)
    return message.SerializeToString()


def _fill(message: Message, content: Any, name: str, where: str, depth: int) -> None:  # noqa: ANN401 (JSON)
    if content is None:
        return
    if not isinstance(content, dict):
        raise Undecodable(f"{where or 'the body'} must be an object")
    if depth > DEEPEST:
        raise Undecodable(f"{where[:80]}... is nested deeper than {DEEPEST} levels")
    if depth and name == "AnyValue" and not content.keys() & VALUES.keys():
        return
    for key, value in content.items():
        known = FIELDS[name].get(key)
        if known is None or value is None:
            continue
        place = f"{where}.{key}" if where else key
        field, reader, child = known
        if child is None:
            setattr(message, field, reader(value, place))
        elif reader is _many:
            if not isinstance(value, list):
                raise Undecodable(f"{place} must be an array")
            target = getattr(message, field)
            for number, item in enumerate(value):
                _fill(target.add(), item, child, f"{place}[{number}]", depth + 1)
        else:
            inner = getattr(message, field)
            inner.SetInParent()
            _fill(inner, value, child, place, depth + 1)


def _many(value: Any, place: str) -> Any:  # noqa: ANN401 (marks a repeated message)
    raise NotImplementedError


_one: Reader = lambda value, place: value  # noqa: E731 (marks a single message)


def _text(value: Any, place: str) -> str:  # noqa: ANN401 (JSON)
    if not isinstance(value, str):
        raise Undecodable(f"{place} must be a string")
    return value


def _flag(value: Any, place: str) -> bool:  # noqa: ANN401 (JSON)
    if not isinstance(value, bool):
        raise Undecodable(f"{place} must be true or false")
    return value


def _identity(value: Any, place: str) -> bytes:  # noqa: ANN401 (JSON)
    """Read a hexadecimal id; one that is not hexadecimal is an id of the wrong length, which rejects its span only."""
    try:
        return bytes.fromhex(_text(value, place))
    except ValueError:
        return b"\x00"


def _bytes(value: Any, place: str) -> bytes:  # noqa: ANN401 (JSON)
    text = _text(value, place).replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        raise Undecodable(f"{place} must be base64") from None


def _integer(low: int, high: int) -> Reader:
    def read(value: Any, place: str) -> int:  # noqa: ANN401 (JSON)
        number = value
        if isinstance(value, str):
            try:
                number = int(value)
            except ValueError:
                number = None
        elif isinstance(value, float):
            number = int(value) if value.is_integer() and abs(value) < 2**53 else None
        if isinstance(number, bool) or not isinstance(number, int) or not low <= number <= high:
            raise Undecodable(f"{place} must be an integer from {low} to {high}")
        return number

    return read


def _number(value: Any, place: str) -> float:  # noqa: ANN401 (JSON)
    if isinstance(value, str) and value in ("NaN", "Infinity", "-Infinity"):
        return float(value)
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            raise Undecodable(f"{place} must be a number") from None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Undecodable(f"{place} must be a number")
    return float(value)


_u32, _u64 = _integer(0, 2**32 - 1), _integer(0, 2**64 - 1)
_i32, _i64 = _integer(-(2**31), 2**31 - 1), _integer(-(2**63), 2**63 - 1)
Known = tuple[str, Reader, str | None]

VALUES: Mapping[str, Known] = {
    "stringValue": ("string_value", _text, None),
    "boolValue": ("bool_value", _flag, None),
    "intValue": ("int_value", _i64, None),
    "doubleValue": ("double_value", _number, None),
    "arrayValue": ("array_value", _one, "ArrayValue"),
    "kvlistValue": ("kvlist_value", _one, "KeyValueList"),
    "bytesValue": ("bytes_value", _bytes, None),
}
_ATTRIBUTES: dict[str, Known] = {
    "attributes": ("attributes", _many, "KeyValue"),
    "droppedAttributesCount": ("dropped_attributes_count", _u32, None),
}
_SCHEMA: dict[str, Known] = {"schemaUrl": ("schema_url", _text, None)}
_IDS: dict[str, Known] = {
    "traceId": ("trace_id", _identity, None),
    "spanId": ("span_id", _identity, None),
    "traceState": ("trace_state", _text, None),
    "flags": ("flags", _u32, None),
}
_TIME: Known = ("time_unix_nano", _u64, None)

# message -> key -> (field, how its value is read, the message that it holds)
FIELDS: Mapping[str, Mapping[str, Known]] = {
    "ExportTraceServiceRequest": {"resourceSpans": ("resource_spans", _many, "ResourceSpans")},
    "ResourceSpans": {
        "resource": ("resource", _one, "Resource"),
        "scopeSpans": ("scope_spans", _many, "ScopeSpans"),
        **_SCHEMA,
    },
    "Resource": _ATTRIBUTES,
    "ScopeSpans": {"scope": ("scope", _one, "Scope"), "spans": ("spans", _many, "Span"), **_SCHEMA},
    "Scope": {"name": ("name", _text, None), "version": ("version", _text, None), **_ATTRIBUTES},
    "Span": {
        **_IDS,
        **_ATTRIBUTES,
        "parentSpanId": ("parent_span_id", _identity, None),
        "name": ("name", _text, None),
        "kind": ("kind", _i32, None),
        "startTimeUnixNano": ("start_time_unix_nano", _u64, None),
        "endTimeUnixNano": ("end_time_unix_nano", _u64, None),
        "events": ("events", _many, "Event"),
        "droppedEventsCount": ("dropped_events_count", _u32, None),
        "links": ("links", _many, "Link"),
        "droppedLinksCount": ("dropped_links_count", _u32, None),
        "status": ("status", _one, "Status"),
    },
    "Event": {"timeUnixNano": _TIME, "name": ("name", _text, None), **_ATTRIBUTES},
    "Link": {**_IDS, **_ATTRIBUTES},
    "Status": {"message": ("message", _text, None), "code": ("code", _i32, None)},
    "KeyValue": {"key": ("key", _text, None), "value": ("value", _one, "AnyValue")},
    "AnyValue": VALUES,
    "ArrayValue": {"values": ("values", _many, "AnyValue")},
    "KeyValueList": {"values": ("values", _many, "KeyValue")},
}
