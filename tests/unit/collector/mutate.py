"""Damages bytes as a hostile or broken client might."""

from __future__ import annotations

import random
import re

# What stands where a JSON value of another kind is wanted.
STRANGE = (
    b'NaN Infinity 1e999 null [] {} "" "\\ud800" -1 18446744073709551616 true "\\u0000" 1.5 "0x1" 99999999999999999999'
).split()
VALUE = re.compile(rb'(?<=:)("[^"]*"|[0-9.]+|true|false)')


def mutate(source: random.Random, body: bytes) -> bytes:
    """Change some bits, bytes or stretches."""
    out = bytearray(body or b"\0")
    for _ in range(source.choice((1, 1, 1, 2, 5, 20))):
        out = out or bytearray(b"\0")
        at = source.randrange(len(out))
        other = source.randrange(len(out))
        match source.randrange(6):
            case 0:
                out[at] = source.randrange(256)
            case 1:
                out[at] ^= 1 << source.randrange(8)
            case 2:
                del out[at : at + source.randrange(1, 30)]
            case 3:
                out[at:at] = source.randbytes(source.randrange(1, 10))
            case 4:
                out[at:at] = out[other : other + source.randrange(1, 60)]
            case 5:
                del out[at:]
    return bytes(out)


def mutate_json(source: random.Random, body: bytes) -> bytes:
    """Change bytes, or put strange values in the place of others."""
    if source.random() < 0.4:
        return mutate(source, body)
    for _ in range(source.choice((1, 2, 4))):
        places = [found.span() for found in VALUE.finditer(body)]
        if places:
            start, end = source.choice(places)
            body = body[:start] + source.choice(STRANGE) + body[end:]
    return body
