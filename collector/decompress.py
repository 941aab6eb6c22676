"""Gzip bodies, unpacked no further than a limit: a few kilobytes can hold gigabytes."""

from __future__ import annotations

import zlib

from collector.errors import TooLarge, Undecodable

GZIP = 31


def gunzip(body: bytes, limit: int) -> bytes:
    """Return what ``body`` unpacks to, all members of it. Raises TooLarge beyond ``limit`` bytes, else Undecodable."""
    out = bytearray()
    rest = body
    while rest:
        member = zlib.decompressobj(GZIP)
        try:
            out += member.decompress(rest, limit + 1 - len(out))
        except zlib.error:
            raise Undecodable("the body is not gzip, as content-encoding says") from None
        if len(out) > limit:
            raise TooLarge(f"the unpacked body is larger than {limit} bytes; send smaller batches")
        if not member.eof:
            raise Undecodable("the gzip body is cut off")
        rest = member.unused_data.lstrip(b"\0")
    return bytes(out)
