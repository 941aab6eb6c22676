"""Reduced schemas: three views of one OTLP request that tell what we need and spend little memory.

Parsing a request with the full schema makes an object for every attribute: 20 MiB of empty attributes become 600 MB.
The views here are made from the official descriptors and keep every object bounded:

- ``Shape``: each repeated field is made singular. Protobuf merges repeated occurrences of a singular message into one,
  so all spans of a request fold into ONE span whose attributes fold into ONE attribute. What is malformed or not
  UTF-8 still fails, and whether any attribute anywhere holds a kvlist, bytes or an array is a question of presence on
  the one that is left. Parsing 10,000,000 empty attributes takes 0.1 s and the memory of their bytes.
- ``Ids``: only the spans and their three ids, for a request whose spans were counted before.
- ``Counts``: one span's attributes, events and links as uninterpreted bytes, to be counted.
- ``Items``: one span folded like ``Shape``, but for the items of its arrays: these stay, to be counted.
"""

from __future__ import annotations

import re

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.descriptor import FileDescriptor
from google.protobuf.message import DecodeError, Message
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2

from collector.errors import Undecodable

Field = descriptor_pb2.FieldDescriptorProto
BYTES, BOOL, MESSAGE = Field.TYPE_BYTES, Field.TYPE_BOOL, Field.TYPE_MESSAGE
REQUEST = trace_service_pb2.ExportTraceServiceRequest.DESCRIPTOR.full_name

# A value, in an attribute or in an array, that begins with a boolean whose number is neither 0 nor 1. In an attribute
# two things look alike: a span's id that begins with 10 (12 08 10), and a text of 16 bytes (12 12 0a 10, where the
# second 12 is a length). Of these lengths a boolean alone is believed, spelled with seven or nine bytes, all but the
# last above 7f. Without this, most requests of 512 spans would be mended.
ODD_TRUTH = re.compile(
    rb"\x12(?:[\x02-\x07\x09\x0b]\x10[^\x00\x01]|\x08\x10[\x80-\xff]{6}[\x00-\x7f]|\x0a\x10[\x80-\xff]{8}[\x00-\x7f])"
)
ODD_TRUTH_INSIDE = re.compile(rb"\x0a[\x02-\x0b]\x10[^\x00\x01]")

# message -> (field, number, whether repeated, message it holds or "" for bytes)
IDS = {
    "Request": (("resource_spans", 1, True, "ResourceSpans"),),
    "ResourceSpans": (("scope_spans", 2, True, "ScopeSpans"),),
    "ScopeSpans": (("spans", 2, True, "Span"),),
    "Span": (("trace_id", 1, False, ""), ("span_id", 2, False, ""), ("parent_span_id", 4, False, "")),
}
COUNTS = {
    "Span": (("attributes", 9, True, ""), ("events", 11, True, "Event"), ("links", 13, True, "Link")),
    "Event": (("attributes", 3, True, ""),),
    "Link": (("attributes", 4, True, ""),),
}

ITEMS = {
    "Span": (("attributes", 9, False, "KeyValue"), ("events", 11, False, "Event"), ("links", 13, False, "Link")),
    "Event": (("attributes", 3, False, "KeyValue"),),
    "Link": (("attributes", 4, False, "KeyValue"),),
    "KeyValue": (("value", 2, False, "AnyValue"),),
    "AnyValue": (("array_value", 5, False, "ArrayValue"),),
    "ArrayValue": (("values", 1, True, ""),),
}


def _files(file: FileDescriptor) -> list[FileDescriptor]:
    """Return ``file`` after all that it imports."""
    return [needed for imported in file.dependencies for needed in _files(imported)] + [file]


def _make_singular(message: descriptor_pb2.DescriptorProto) -> None:
    """Make each field of ``message`` singular with presence, and no choice between fields."""
    del message.oneof_decl[:]
    for field in message.field:
        field.ClearField("oneof_index")
        field.label = Field.LABEL_OPTIONAL
        if field.type in (BYTES, BOOL):
            field.proto3_optional = True
            field.oneof_index = len(message.oneof_decl)
            message.oneof_decl.add(name=f"_{field.name}")
    for nested in message.nested_type:
        _make_singular(nested)


def _singular_twin() -> type[Message]:
    pool = descriptor_pool.DescriptorPool()
    for file in dict.fromkeys(_files(trace_service_pb2.DESCRIPTOR)):
        twin = descriptor_pb2.FileDescriptorProto.FromString(file.serialized_pb)
        for message in twin.message_type:
            _make_singular(message)
        pool.Add(twin)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(REQUEST))


def _view(package: str, messages: dict[str, tuple[tuple[str, int, bool, str], ...]], root: str) -> type[Message]:
    file = descriptor_pb2.FileDescriptorProto(name=f"{package}.proto", package=package, syntax="proto3")
    for name, fields in messages.items():
        message = file.message_type.add(name=name)
        for field_name, number, repeated, holds in fields:
            field = message.field.add(name=field_name, number=number, type=MESSAGE if holds else BYTES)
            field.label = Field.LABEL_REPEATED if repeated else Field.LABEL_OPTIONAL
            if holds:
                field.type_name = f".{package}.{holds}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{package}.{root}"))


Shape = _singular_twin()
Ids = _view("spanwarden_ids", IDS, "Request")
Counts = _view("spanwarden_counts", COUNTS, "Span")
Items = _view("spanwarden_items", ITEMS, "Span")


def shape_of(body: bytes) -> Message:
    """Fold a serialized request into its shape. Raises Undecodable when it is malformed or not UTF-8."""
    try:
        return Shape.FromString(body)
    except DecodeError:
        raise Undecodable(
            "the body is not a valid ExportTraceServiceRequest: malformed, too deep or not UTF-8"
        ) from None


def has_unknown(shape: Message) -> bool:
    """Whether a field has a number or a type that our schema does not have. Empties ``shape`` of it."""
    before = shape.ByteSize()
    shape.DiscardUnknownFields()
    return shape.ByteSize() != before


def has_nested(shape: Message) -> bool:
    """Whether any attribute value is a kvlist, bytes, or an array that holds one of these or an array."""
    return any(_is_nested(value) for value in _values(shape))


def has_odd_truth(shape: Message, body: bytes) -> bool:
    """Whether a boolean may be spelled as a number above one, which protobuf reads as true and the engine refuses.

    Only a request that has booleans at all is looked through (0.9 us a span).
    """
    values = _values(shape)
    alone = any(value.HasField("bool_value") for value in values)
    inside = any(value.array_value.values.HasField("bool_value") for value in values)  # type: ignore[attr-defined]
    return bool((alone and ODD_TRUTH.search(body)) or (inside and ODD_TRUTH_INSIDE.search(body)))


def _values(shape: Message) -> list[Message]:
    """Return the one value that is left of each kind of attribute."""
    resource_spans = shape.resource_spans  # type: ignore[attr-defined]
    scope_spans = resource_spans.scope_spans
    span = scope_spans.spans
    holders = (resource_spans.resource, scope_spans.scope, span, span.events, span.links)
    return [holder.attributes.value for holder in holders]


def _is_nested(value: Message) -> bool:
    if value.HasField("kvlist_value") or value.HasField("bytes_value"):
        return True
    if not value.HasField("array_value"):
        return False
    inner = value.array_value.values  # type: ignore[attr-defined]
    return any(inner.HasField(kind) for kind in ("array_value", "kvlist_value", "bytes_value"))
