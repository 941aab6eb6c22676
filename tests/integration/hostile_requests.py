"""Requests that clients should not send: seeded mutations of good ones, and the known bad ideas."""

from __future__ import annotations

import copy
import gzip
import json
import os
import random
from collections.abc import Iterator
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from collector.wire import delimited
from tests.unit.collector.requests import request
from tests.unit.collector.twin import json_twin

MAX_U64 = 2**64 - 1
TIMES = (0, 1, 86_400 * 10**9, 2**31 * 10**9, 9_214_646_400 * 10**9, 2**63 - 1, 2**63, MAX_U64)
ODD_JSON: tuple[Any, ...] = (
    None, True, -1, 0, 1.5, 1e308, 2**63, 2**64, "", "x", "\x00", "NaN", "-Infinity", "٣", "0x10", " 1", [], {}, [[]],
    [None], {"": None}, "A" * 40_000, {"stringValue": 1}, {"arrayValue": {}}, {"kvlistValue": {"values": [{}]}},
)  # fmt: skip


def whole(spans: int = 4) -> ExportTraceServiceRequest:
    """A good request with something of everything."""
    message = ExportTraceServiceRequest.FromString(request(spans, attributes={"list": ["a", "b"], "ratio": 0.5}))
    for span in message.resource_spans[0].scope_spans[0].spans:
        event = span.events.add(name="choice", time_unix_nano=span.start_time_unix_nano)
        event.attributes.add(key="tree").value.kvlist_value.values.add(key="a").value.array_value.values.add()
        link = span.links.add(trace_id=os.urandom(16), span_id=os.urandom(8))
        link.attributes.add(key="raw").value.bytes_value = os.urandom(8)
        span.status.code = 2
        span.status.message = "it broke"
    return message


def mutated(chance: random.Random, body: bytes) -> bytes:
    """Change one to six places of ``body``."""
    data = bytearray(body)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(data) + 1)
        kind = chance.randrange(6)
        if kind == 0 and at < len(data):
            data[at] ^= 1 << chance.randrange(8)
        elif kind == 1 and at < len(data):
            data[at] = chance.randrange(256)
        elif kind == 2:
            data[at:at] = chance.randbytes(chance.randint(1, 12))
        elif kind == 3:
            del data[at : at + chance.randint(1, 20)]
        elif kind == 4:
            data[at:at] = data[at : at + chance.randint(1, 200)]
        else:
            data[at:at] = bytes([chance.choice((0x80, 0xFF))]) * chance.randint(1, 11)
    return bytes(data)


def mutated_fields(chance: random.Random) -> bytes:
    """A well-formed request whose spans have odd values."""
    message = whole(chance.randint(1, 4))
    for span in message.resource_spans[0].scope_spans[0].spans:
        for _ in range(chance.randint(0, 3)):
            _spoil(chance, span)
    return message.SerializeToString()


def _spoil(chance: random.Random, span: Any) -> None:
    kind = chance.randrange(10)
    if kind == 0:
        span.trace_id = chance.randbytes(chance.choice((0, 1, 8, 15, 16, 17, 32)))
    elif kind == 1:
        span.span_id = chance.choice((b"", bytes(8), chance.randbytes(7), chance.randbytes(9)))
    elif kind == 2:
        span.parent_span_id = chance.choice((bytes(8), chance.randbytes(3), chance.randbytes(8), bytes(16)))
    elif kind == 3:
        span.start_time_unix_nano, span.end_time_unix_nano = chance.choice(TIMES), chance.choice(TIMES)
    elif kind == 4:
        span.name = chance.choice(("", "\x00", "n" * chance.randint(1, 100_000), "\u202e\ud7ff\U0010ffff", "'; --"))
    elif kind == 5:
        span.kind, span.flags = chance.choice((6, 99, 2**31 - 1)), chance.choice((0, 2**32 - 1))
        span.status.code = chance.choice((3, 7, 2**31 - 1))
    elif kind == 6:
        nest(span.attributes.add(key="deep").value, chance.randint(1, 12), chance)
    elif kind == 7:
        span.attributes.add(
            key=chance.choice(("", "\x00", "k" * 10_000, "gen_ai.usage.input_tokens"))
        ).value.string_value = "x"
    elif kind == 8:
        span.attributes.add(key="number").value.double_value = chance.choice((float("nan"), float("inf"), -0.0, 5e-324))
        span.attributes.add(key="empty")
    else:
        event = span.events.add(time_unix_nano=chance.choice(TIMES))
        event.attributes.add(key="x").value.array_value.values.add().int_value = -(2**63)
        span.links.add(trace_id=b"odd", span_id=b"")


def nest(value: Any, depth: int, chance: random.Random | None = None) -> None:
    """Nest ``depth`` arrays and maps in ``value``."""
    for level in range(depth):
        if chance.randrange(2) if chance else level % 2:
            value = value.array_value.values.add()
        else:
            value = value.kvlist_value.values.add(key="k").value
    value.string_value = "inmost"


def mutated_json(chance: random.Random) -> bytes:
    """OTLP/JSON of which some values, keys or bytes are not what they should be."""
    body = json_twin(whole(chance.randint(1, 3)).SerializeToString())
    if chance.randrange(4) == 0:
        return mutated(chance, body)
    tree = json.loads(body)
    for _ in range(chance.randint(1, 3)):
        holder, key = chance.choice(list(_places(tree)))
        if chance.randrange(5) == 0 and isinstance(holder, dict):
            holder[f"{key}{chance.choice(('X', '_', ''))}"] = holder.pop(key)
        else:
            holder[key] = copy.deepcopy(chance.choice(ODD_JSON))
    return json.dumps(tree).encode()


def _places(node: Any) -> Iterator[tuple[Any, Any]]:
    for key, child in list(node.items() if isinstance(node, dict) else enumerate(node)):
        yield node, key
        if isinstance(child, dict | list):
            yield from _places(child)


def empty_spans(count: int) -> bytes:
    """A body of two bytes a span."""
    return delimited(1, delimited(2, b"\x12\x00" * count))


def broken_gzip(chance: random.Random, body: bytes) -> bytes:
    """Gzip that is cut, changed, doubled or followed by something."""
    packed = gzip.compress(body, mtime=0)
    kind = chance.randrange(5)
    if kind == 0:
        return packed[: chance.randrange(1, len(packed))]
    if kind == 1:
        return mutated(chance, packed)
    if kind == 2:
        return packed + gzip.compress(b"", mtime=0)
    return packed + (bytes(8) if kind == 3 else chance.randbytes(5))
