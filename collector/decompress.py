"""Gzip bodies, unpacked no further than a limit: a few kilobytes can hold gigabytes."""

from __future__ import annotations

import zlib

from collector.errors import TooLarge, Undecodable

GZIP = 31
# What follows a member in a chunk is copied, so that small chunks keep a million empty members cheap.
CHUNK_BYTES = 4096


def gunzip(body: bytes, limit: int) -> bytes:
    """Return what ``body`` unpacks to, all members of it. Raises TooLarge beyond ``limit`` bytes, else Undecodable."""
    out = bytearray()
    at = 0
    while at < len(body):
        at = _member(body, at, out, limit)
        # A member may be followed by zeros (gzip(1), "Padding").
        while padding := len(chunk := body[at : at + CHUNK_BYTES]) - len(chunk.lstrip(b"\0")):
            at += padding
    return bytes(out)


def _member(body: bytes, at: int, out: bytearray, limit: int) -> int:
    """Append what the member at ``at`` unpacks to; return the place behind it."""
    member = zlib.decompressobj(GZIP)
    view = memoryview(body)
    while not member.eof:
        chunk = view[at : at + CHUNK_BYTES]
        if not chunk:
            raise Undecodable("the gzip body is cut off")
        try:
            out += member.decompress(chunk, limit + 1 - len(out))
        except zlib.error:
            raise Undecodable("the body is not gzip, as content-encoding says") from None
        if len(out) > limit:
            raise TooLarge(f"the unpacked body is larger than {limit} bytes; send smaller batches")
        at += len(chunk) - len(member.unused_data)
    return at
