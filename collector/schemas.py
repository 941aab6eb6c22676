"""Reduced schemas: views of one OTLP message that tell what we need and spend little memory.

Parsing a request with the full schema makes an object for every attribute: 20 MiB of empty attributes become 600 MB.
The views here keep every object bounded. They are made from the official descriptors (``singular_twin``) or from a
table of the few fields that are looked at (``view``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import Message

from collector.layout import Item

Field = descriptor_pb2.FieldDescriptorProto
BYTES, BOOL, MESSAGE, STRING = Field.TYPE_BYTES, Field.TYPE_BOOL, Field.TYPE_MESSAGE, Field.TYPE_STRING
# name, number, whether repeated, message that it holds or "" for bytes
View = Mapping[str, Sequence[tuple[str, int, bool, str]]]


def singular_twin(request: type[Message]) -> type[Message]:
    """Return the schema of ``request`` with each repeated field made singular.

    Protobuf merges repeated occurrences of a singular message into one, so all items of a request fold into ONE item
    whose attributes fold into ONE attribute. What is malformed or not UTF-8 still fails, and whether any attribute
    anywhere holds a kvlist, bytes or an array is a question of presence on the one that is left. Parsing 10,000,000
    empty attributes takes 0.1 s and the memory of their bytes. Packed numbers stay the bytes that they are.
    """
    pool = descriptor_pool.DescriptorPool()
    for file in dict.fromkeys(_files(request.DESCRIPTOR.file)):
        twin = descriptor_pb2.FileDescriptorProto.FromString(file.serialized_pb)
        for message in twin.message_type:
            _make_singular(message)
        pool.Add(twin)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(request.DESCRIPTOR.full_name))


def view(package: str, messages: View, root: str) -> type[Message]:
    """Return a schema of a few fields; all other fields of a message are passed over."""
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


def counts_view(item: Item) -> type[Message]:
    """Return the schema of one item with its attributes, its parts and its arrays uninterpreted, to be counted."""
    own = [("attributes", item.attributes, True, "")]
    own += [(f"parts_{number}", number, True, f"Part{number}") for number in item.parts]
    own += [(f"packed_{number}", number, True, "") for number in item.packed]
    parts = {
        f"Part{number}": [("attributes", inner, True, "")] if inner else [] for number, inner in item.parts.items()
    }
    return view(f"spanwarden_counts_{item.name.lower()}", {item.name: own, **parts}, item.name)


def arrays_view(item: Item) -> type[Message]:
    """Return the schema of one item folded like its twin, but for what its arrays hold: that stays, to be counted."""
    inner = {number: attributes for number, attributes in item.parts.items() if attributes}
    own = [("attributes", item.attributes, False, "KeyValue")]
    own += [("value", item.value, False, "AnyValue")] if item.value else []
    own += [(f"parts_{number}", number, False, f"Part{number}") for number in inner]
    parts = {f"Part{number}": [("attributes", field, False, "KeyValue")] for number, field in inner.items()}
    values: View = {
        "KeyValue": [("value", 2, False, "AnyValue")],
        "AnyValue": [("array_value", 5, False, "ArrayValue")],
        "ArrayValue": [("values", 1, True, "")],
    }
    return view(f"spanwarden_arrays_{item.name.lower()}", {item.name: own, **parts, **values}, item.name)


def _files(file: Any) -> list[Any]:  # noqa: ANN401 (a file's descriptor, of either implementation)
    """Return ``file`` after all that it imports."""
    return [needed for imported in file.dependencies for needed in _files(imported)] + [file]


def _make_singular(message: descriptor_pb2.DescriptorProto) -> None:
    """Make each field of ``message`` singular with presence, and no choice between fields."""
    del message.oneof_decl[:]
    for field in message.field:
        field.ClearField("oneof_index")
        field.ClearField("proto3_optional")
        if field.label == Field.LABEL_REPEATED and field.type not in (MESSAGE, STRING):
            field.type = BYTES
            field.ClearField("options")
        field.label = Field.LABEL_OPTIONAL
        if field.type in (BYTES, BOOL):
            field.proto3_optional = True
            field.oneof_index = len(message.oneof_decl)
            message.oneof_decl.add(name=f"_{field.name}")
    for nested in message.nested_type:
        _make_singular(nested)
