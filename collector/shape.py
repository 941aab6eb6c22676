"""Questions about a whole request that its folded twin answers, at 0.8 us a span and the memory of its bytes.

A twin (``collector.schemas``) has one value left of each place that values can be in: all attributes of all spans are
one. Whether any of them needs the slow path is a question of presence on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import DecodeError, Message

from collector.errors import Undecodable
from collector.schemas import singular_twin
from collector.signal import LOGS, METRICS, SIGNALS, TRACES, Signal

ANY_VALUE = "opentelemetry.proto.common.v1.AnyValue"
# A value, in an attribute or in an array, that begins with a boolean whose number is neither 0 nor 1. In an attribute
# two things look alike: a span's id that begins with 10 (12 08 10), and a text of 16 bytes (12 12 0a 10, where the
# second 12 is a length). Of these lengths a boolean alone is believed, spelled with seven or nine bytes, all but the
# last above 7f. Without this, most requests of 512 spans would be mended.
IN_ATTRIBUTE = (
    rb"\x12(?:[\x02-\x07\x09\x0b]\x10[^\x00\x01]|\x08\x10[\x80-\xff]{6}[\x00-\x7f]|\x0a\x10[\x80-\xff]{8}[\x00-\x7f])"
)
IN_BODY = rb"\x2a[\x02-\x0b]\x10[^\x00\x01]"
ODD_TRUTH = {
    TRACES: re.compile(IN_ATTRIBUTE),
    LOGS: re.compile(IN_ATTRIBUTE + rb"|" + IN_BODY),
    METRICS: re.compile(IN_ATTRIBUTE),
}
ODD_TRUTH_INSIDE = re.compile(rb"\x0a[\x02-\x0b]\x10[^\x00\x01]")

TWINS = {signal: singular_twin(signal.request) for signal in SIGNALS}


def shape_of(body: bytes, signal: Signal = TRACES) -> Message:
    """Fold a serialized request into its shape. Raises Undecodable when it is malformed or not UTF-8."""
    try:
        return TWINS[signal].FromString(body)
    except DecodeError:
        name = signal.request.DESCRIPTOR.name
        raise Undecodable(f"the body is not a valid {name}: malformed, too deep or not UTF-8") from None


def has_unknown(shape: Message) -> bool:
    """Whether a field has a number or a type that our schema does not have. Empties ``shape`` of it."""
    before = shape.ByteSize()
    shape.DiscardUnknownFields()
    return shape.ByteSize() != before


def has_nested(shape: Message) -> bool:
    """Whether any value is a kvlist, bytes, or an array that holds one of these or an array."""
    return any(_is_nested(value) for value in _values(shape))


def has_odd_truth(shape: Message, body: bytes, signal: Signal = TRACES) -> bool:
    """Whether a boolean may be spelled as a number above one, which protobuf reads as true and the engine refuses.

    Only a request that has booleans at all is looked through (0.9 us a span).
    """
    values = _values(shape)
    alone = any(value.HasField("bool_value") for value in values)
    inside = any(value.array_value.values.HasField("bool_value") for value in values)  # type: ignore[attr-defined]
    return bool((alone and ODD_TRUTH[signal].search(body)) or (inside and ODD_TRUTH_INSIDE.search(body)))


@cache
def value_paths(root: Descriptor) -> tuple[tuple[str, ...], ...]:
    """Return the ways, by fields' names, from a request to every AnyValue in it that is in no other value."""
    return tuple(_paths(root))


def _paths(message: Descriptor) -> Iterator[tuple[str, ...]]:
    for field in message.fields:
        inner = field.message_type
        if inner is None:
            continue
        if inner.full_name == ANY_VALUE:
            yield (field.name,)
        else:
            yield from ((field.name, *rest) for rest in _paths(inner))


def _values(shape: Message) -> list[Message]:
    """Return the one value that is left of each kind of attribute."""
    found = []
    for path in value_paths(shape.DESCRIPTOR):
        value = shape
        for name in path:
            value = getattr(value, name)
        found.append(value)
    return found


def _is_nested(value: Message) -> bool:
    if value.HasField("kvlist_value") or value.HasField("bytes_value"):
        return True
    if not value.HasField("array_value"):
        return False
    inner = value.array_value.values  # type: ignore[attr-defined]
    return any(inner.HasField(kind) for kind in ("array_value", "kvlist_value", "bytes_value"))
