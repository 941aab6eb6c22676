"""Values that the engine cannot decode become text: a kvlist, a nested array, bytes.

ClickHouse reads ``AnyValue`` as scalars and one level of arrays, since its Protobuf format knows no recursion. So a
kvlist or an array that holds more than scalars is written as JSON, and bytes as base64 text (as OTLP/JSON spells it).
An empty array becomes ``[]``: the engine could not tell it from no value.
"""

from __future__ import annotations

import base64
import math

import orjson
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue

from collector.errors import Undecodable

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
SCALARS = frozenset({None, "string_value", "bool_value", "int_value", "double_value"})


def flatten(value: AnyValue) -> bool:
    """Turn ``value`` into a string when the engine could not decode it; returns whether it did."""
    kind = value.WhichOneof("value")
    if kind in SCALARS or (kind == "array_value" and is_flat(value.array_value)):
        return False
    value.string_value = as_text(value)
    return True


def is_flat(array: ArrayValue) -> bool:
    """Whether an array holds scalars, and nothing else."""
    return bool(array.values) and all(item.WhichOneof("value") in SCALARS for item in array.values)


def as_text(value: AnyValue) -> str:
    """Return a nested value as JSON text; bytes alone as base64."""
    if value.WhichOneof("value") == "bytes_value":
        return base64.b64encode(value.bytes_value).decode("ascii")
    try:
        return orjson.dumps(as_json(value)).decode("utf-8")
    except (orjson.JSONEncodeError, RecursionError):
        raise Undecodable("an attribute is nested too deep") from None


def as_json(value: AnyValue) -> Json:
    """Return what JSON can say of ``value``; a number that JSON lacks becomes its OTLP/JSON text."""
    kind = value.WhichOneof("value")
    if kind == "kvlist_value":
        return {item.key: as_json(item.value) for item in value.kvlist_value.values}
    if kind == "array_value":
        return [as_json(item) for item in value.array_value.values]
    if kind == "bytes_value":
        return base64.b64encode(value.bytes_value).decode("ascii")
    if kind == "double_value":
        return value.double_value if math.isfinite(value.double_value) else _special(value.double_value)
    return getattr(value, kind) if kind in SCALARS and kind else None


def _special(number: float) -> str:
    if math.isnan(number):
        return "NaN"
    return "Infinity" if number > 0 else "-Infinity"
