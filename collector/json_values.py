"""Single values of OTLP/JSON, read strictly: what protobuf would not take is a Misfit."""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Callable
from typing import Any

INTEGER = re.compile(r"-?[0-9]{1,20}", re.ASCII)
NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?", re.ASCII)
HEXADECIMAL = re.compile(r"(?:[0-9a-fA-F]{2})*", re.ASCII)
NOT_FINITE = ("NaN", "Infinity", "-Infinity")
# Above it, a float no longer tells which integer was meant.
LARGEST_EXACT_FLOAT = 2.0**53


class Misfit(Exception):
    """A value is not what its field takes. ``place`` grows outwards while the error rises."""

    def __init__(self, wanted: str) -> None:
        super().__init__(wanted)
        self.wanted = wanted
        self.place = ""

    def within(self, step: str | int) -> Misfit:
        """Return this error, seen from one level further out."""
        here = f"[{step}]" if isinstance(step, int) else step
        gap = "." if self.place and not self.place.startswith("[") else ""
        self.place = f"{here}{gap}{self.place}"
        return self


def as_text(value: Any) -> str:  # noqa: ANN401 (JSON)
    """Read a string."""
    if isinstance(value, str):
        return value
    raise Misfit("must be a string")


def as_flag(value: Any) -> bool:  # noqa: ANN401 (JSON)
    """Read true or false."""
    if isinstance(value, bool):
        return value
    raise Misfit("must be true or false")


def as_identity(value: Any) -> bytes:  # noqa: ANN401 (JSON)
    """Read a hexadecimal id. One that is not hexadecimal reads as none, which rejects its span and no other."""
    text = as_text(value)
    return bytes.fromhex(text) if HEXADECIMAL.fullmatch(text) else b"\0"


def as_bytes(value: Any) -> bytes:  # noqa: ANN401 (JSON)
    """Read base64 in either alphabet, padded or not (protobuf.dev, "ProtoJSON")."""
    text = as_text(value).replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise Misfit("must be base64") from None


def as_number(value: Any) -> float:  # noqa: ANN401 (JSON)
    """Read a double: a number, or a string that spells one, NaN or an infinity."""
    if isinstance(value, str):
        if value in NOT_FINITE:
            return float(value)
        number = float(value) if NUMBER.fullmatch(value) else math.inf
    elif isinstance(value, int | float) and not isinstance(value, bool):
        number = float(value)
    else:
        number = math.inf
    if math.isinf(number):
        raise Misfit("must be a number")
    return number


def _integer(low: int, high: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:  # noqa: ANN401 (JSON)
        number = value if type(value) is int else _whole(value)
        if number is None or not low <= number <= high:
            raise Misfit(f"must be an integer from {low} to {high}")
        return number

    return read


def _whole(value: Any) -> int | None:  # noqa: ANN401 (JSON)
    if isinstance(value, str) and INTEGER.fullmatch(value):
        return int(value)
    if isinstance(value, float) and value.is_integer() and abs(value) <= LARGEST_EXACT_FLOAT:
        return int(value)
    return None


as_u32, as_u64 = _integer(0, 2**32 - 1), _integer(0, 2**64 - 1)
as_i32, as_i64 = _integer(-(2**31), 2**31 - 1), _integer(-(2**63), 2**63 - 1)
