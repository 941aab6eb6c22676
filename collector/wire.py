"""Walk a protobuf message where it lies, without building anything.

Encoding: protobuf.dev, "Encoding": a field is a varint key ``number << 3 | wire type`` and its content.
"""

from __future__ import annotations

from collections.abc import Iterator

from collector.errors import TooMany, Undecodable
from collector.layout import MESSAGES, PACKED

VARINT, FIXED64, LENGTH, GROUP, GROUP_END, FIXED32 = range(6)
# OTLP's messages have at most seven numbers; ten million of them in one would cost seconds.
MOST_NUMBERS = 256
# What a varint ends with.
LAST_BYTES = bytes(range(128))


def fields(body: bytes, at: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """Yield ``(number, field start, content start, content end)`` of each length-delimited field in ``body[at:end]``.

    Other fields are passed over, and so is all that an (unknown) group holds.
    """
    depth = numbers = 0
    while at < end:
        begin, key = at, body[at]
        at += 1
        if key > 127:
            key, at = varint(body, begin)
        wire = key & 7
        if wire == LENGTH:
            size = body[at]
            at += 1
            if size > 127:
                size, at = varint(body, at - 1)
            if at + size > end:
                raise Undecodable("a field ends beyond its message")
            if not depth:
                yield key >> 3, begin, at, at + size
            at += size
            continue
        numbers += 1
        if numbers > MOST_NUMBERS:
            raise TooMany(f"a message may not hold more than {MOST_NUMBERS} numbers")
        if wire == VARINT:
            _, at = varint(body, at)
        elif wire in (FIXED64, FIXED32):
            at += 8 if wire == FIXED64 else 4
        elif wire in (GROUP, GROUP_END):
            depth += 1 if wire == GROUP else -1
        else:
            raise Undecodable("a field has no such wire type")


def varint(body: bytes, at: int) -> tuple[int, int]:
    """Return the varint at ``at`` and the place behind it."""
    value = shift = 0
    while shift < 70 and at < len(body):
        byte = body[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7
    raise Undecodable("a number has no end")


def delimited(number: int, content: bytes) -> bytes:
    """Return ``content`` as the length-delimited field ``number``."""
    return encoded(number << 3 | LENGTH) + encoded(len(content)) + content


def count_elements(body: bytes, message: str, start: int, end: int, limit: int) -> int:
    """Return how many messages and packed numbers ``body[start:end]``, a ``message``, holds at any depth.

    An attribute counts once, with its value. Raises TooMany beyond ``limit``, before it has seen more.
    """
    count = 0
    waiting = [(message, start, end)]
    while waiting:
        message, at, stop = waiting.pop()
        children, packed = MESSAGES[message], PACKED.get(message, {})
        for number, _, begin, last in fields(body, at, stop):
            if number in children:
                count += message != "KeyValue"
                if begin < last:
                    waiting.append((children[number], begin, last))
            elif number in packed:
                count += packed_numbers(body, begin, last, packed[number])
            if count > limit:
                raise TooMany("a request may not hold so many attributes and items; send smaller batches")
    return count


def packed_numbers(body: bytes, begin: int, end: int, width: int) -> int:
    """Return how many numbers a packed array holds, and at least one: of ``width`` bytes each, or varints when 0."""
    if width:
        return max(1, (end - begin) // width)
    array = body[begin:end]
    return max(1, len(array) - len(array.translate(None, LAST_BYTES)))


def encoded(value: int) -> bytes:
    """Return ``value`` as a varint."""
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)
