"""A spool segment: a stream of records as ClickHouse's Protobuf format reads it, each behind its own length.

    length  08 seq  12 tenant  19 received  25 crc32(all the rest)  30 items  2a request

The crc and the rising ``seq`` let a reader find its way again behind damage. Message:
``storage/sql/otlp/values.proto``.
"""

from __future__ import annotations

import re
import struct
import time
import uuid
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from collector.errors import Undecodable
from collector.wire import delimited, encoded, varint

SUFFIX = ".seg"
# What a record starts with, behind its length: a seq of nine bytes (nanoseconds since 1970), then the tenant's tag.
START = re.compile(rb"\x08[\x80-\xff]{8}[\x00-\x7f]\x12")
LONGEST_LENGTH = 5
CRC_BYTES = 5


@dataclass(frozen=True, slots=True)
class Record:
    """One request as it lies in a segment: ``start`` and ``end`` of the whole record, ``body`` the request's start."""

    start: int
    end: int
    seq: int
    tenant: str
    received_unix_nano: int
    items: int
    body: int
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """What a segment holds: sound records, and the byte ranges in between that are none."""

    records: list[Record]
    damaged: list[tuple[int, int]]

    @property
    def items(self) -> int:
        """How many spans, log records or data points the sound records hold."""
        return sum(record.items for record in self.records)


def segment_id(now_ns: int) -> str:
    """Return a name that sorts by time (UUID version 7, RFC 9562)."""
    value = (now_ns // 1_000_000) << 80 | 7 << 76 | (uuid.uuid4().int & ((1 << 76) - 1))
    value = value & ~(3 << 62) | 2 << 62
    return str(uuid.UUID(int=value))


def encode_record(seq: int, tenant: str, received_unix_nano: int, items: int, request: bytes) -> bytes:
    """Return one record with its length. ``seq`` is a time in nanoseconds, so that it rises over restarts."""
    before = b"".join(
        (b"\x08", encoded(seq), delimited(2, tenant.encode()), struct.pack("<BQ", 0x19, received_unix_nano))
    )
    behind = b"".join((b"\x30", encoded(items), b"\x2a", encoded(len(request))))
    crc = struct.pack("<BI", 0x25, zlib.crc32(request, zlib.crc32(behind, zlib.crc32(before))))
    size = len(before) + len(crc) + len(behind) + len(request)
    return b"".join((encoded(size), before, crc, behind, request))


def read_segment(data: bytes) -> Reading:
    """Find every sound record of ``data``, going on behind damage where a record with a later seq begins."""
    records: list[Record] = []
    damaged: list[tuple[int, int]] = []
    at, last = 0, -1
    while at < len(data):
        record = record_at(data, at)
        if record is None or record.seq <= last or not record.is_whole:
            after = _next_start(data, at + 1, last)
            damaged.append((at, after))
            at = after
            continue
        records.append(record)
        at, last = record.end, record.seq
    return Reading(records, damaged)


def record_at(data: bytes, at: int) -> Record | None:
    """Return the record whose length stands at ``at``; None when there is none."""
    try:
        size, start = varint(data, at)
        end = start + size
        if end > len(data) or START.match(data, start) is None:
            return None
        seq, place = varint(data, start + 1)
        length, place = varint(data, place + 1)
        tenant = data[place : place + length].decode()
        tag, received, tag_crc, crc, tag_items = struct.unpack_from("<BQBIB", data, place + length)
        tag_crc_at = place + length + 9
        items, place = varint(data, place + length + 15)
        tag_request, place = data[place], place + 1
        length, body = varint(data, place)
    except (Undecodable, struct.error, UnicodeDecodeError, IndexError):
        return None
    if (tag, tag_crc, tag_items, tag_request, body + length) != (0x19, 0x25, 0x30, 0x2A, end):
        return None
    middle = tag_crc_at + CRC_BYTES
    view = memoryview(data)
    whole = zlib.crc32(view[middle:end], zlib.crc32(view[start:tag_crc_at])) == crc
    return Record(at, end, seq, tenant, received, items, body, whole)


def _next_start(data: bytes, at: int, last: int) -> int:
    """Return where the next sound record begins at or behind ``at``; the end of ``data`` when none does."""
    for found in START.finditer(data, at):
        for back in range(1, LONGEST_LENGTH + 1):
            begin = found.start() - back
            record = record_at(data, begin) if begin >= at else None
            if record and varint(data, begin)[1] == found.start() and record.seq > last and record.is_whole:
                return begin
    return len(data)


def requests_of(data: bytes, records: list[Record]) -> Iterator[tuple[Record, bytes]]:
    """Yield each record with its request's bytes."""
    for record in records:
        yield record, data[record.body : record.end]


def now_ns() -> int:
    """Nanoseconds since 1970, as records carry them."""
    return time.time_ns()
