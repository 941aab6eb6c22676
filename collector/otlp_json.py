"""OTLP/JSON to the bytes of an export request.

OTLP's JSON is protobuf's with exceptions that a general converter gets wrong (OTLP specification 1.9, "JSON Protobuf
Encoding"): ids are hexadecimal, enums are integers only, keys are lowerCamelCase only, unknown keys are ignored.

A body is counted before it is parsed, since 20 MiB of ``{},`` would become half a gigabyte of Python objects.
"""

from __future__ import annotations

import re

import orjson
from google.protobuf.message import EncodeError

from collector.errors import TooMany, Undecodable
from collector.json_fill import Json, fill
from collector.json_messages import REQUESTS
from collector.json_values import Misfit
from collector.signal import TRACES, Signal

STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL
)


def request_from_json(body: bytes, elements: int, signal: Signal = TRACES) -> bytes:
    """Return the protobuf bytes of an OTLP/JSON request of at most ``elements`` values.

    Raises TooMany, or Undecodable, which names the field that is wrong.
    """
    bound_values(body, elements)
    message = signal.request()
    try:
        fill(message, _parsed(body), REQUESTS[signal])
        return message.SerializeToString()
    except Misfit as misfit:
        raise Undecodable(f"{misfit.place or 'the body'} {misfit.wanted}") from None
    except (RecursionError, EncodeError):
        raise Undecodable("an attribute is nested too deep") from None


def bound_values(body: bytes, elements: int) -> None:
    """Raise TooMany when a JSON text holds more than ``elements`` values, without parsing it."""
    if _marks(body) >= elements and _marks(STRING.sub(b"", body)) >= elements:
        raise TooMany(f"a JSON body may hold {elements} values; send smaller batches")


def _marks(text: bytes) -> int:
    """Count what begins an array or object or follows a value; strings' own marks are counted too."""
    return text.count(b"{") + text.count(b"[") + text.count(b",")


def _parsed(body: bytes | bytearray) -> Json:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        # JavaScript cuts strings between the halves of a character and writes the half as an escape.
        whole = bytearray(body)
        for found in ESCAPE.finditer(body):
            if found[1]:
                # As long as what it replaces, so that nothing moves.
                whole[found.start() : found.end()] = rb"\ufffd"
        if whole == body:
            raise Undecodable(f"the body is not JSON: {error.msg} at character {error.pos}") from None
    return _parsed(whole)
