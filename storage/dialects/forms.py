"""SQL that reads a text in the form in which a dialect wrote it. No value may make it fail: it is part of an INSERT."""

from __future__ import annotations

import re
from collections.abc import Iterable

from storage.dialects.fields import Field
from storage.otlp import literal

# No call has more tokens, no list more entries: what claims so is not summed.
MOST = 1_000_000_000_000
# The exception that a message begins with.
FAILURE = r"^([A-Za-z_.]+(?:Error|Exception))\b"


def array(texts: Iterable[str]) -> str:
    """Write texts as an array of literals."""
    return "[" + ", ".join(literal(text) for text in texts) + "]"


def read(raw: str, form: str, path: str, field: Field) -> str:
    """Return SQL of the value that the text ``raw`` says; a text is '' and all else NULL where it says none."""
    if form == "json_length":
        return _counted(f"JSONLength({raw})", field)
    if form == "json_sum":
        # An object's numbers alone: of what is nested, text or null there is nothing to add.
        pairs = f"arrayFilter(p -> position(p.1, {literal(path)}) > 0, JSONExtractKeysAndValues({raw}, 'Float64'))"
        return f"if(empty({pairs}), NULL, {number(f'arraySum(p -> p.2, {pairs})', field)})"
    if form == "json":
        return _typed(_scalar(raw, path), field)
    if form == "json_host":
        return host(f"JSONExtractString({_inner(raw, path)})")
    if form == "since_start":
        at = f"parseDateTime64BestEffortOrNull(trim(BOTH '\"' FROM {raw}), 9, 'UTC')"
        return number(f"dateDiff('microsecond', Timestamp, {at}) / 1000", field)
    if form == "seconds":
        return number(f"toFloat64OrNull({raw}) * 1000", field)
    if form == "repr":
        pattern = f"{re.escape(path)}['\"]?\\s*[:=]\\s*(\\d+)"
        return _typed(f"extract({raw}, {literal(pattern)})", field)
    return _typed(_text(raw, form), field)


def _text(raw: str, form: str) -> str:
    if form == "first":
        return f"if(startsWith({raw}, '['), JSONExtractString({raw}, 1), {raw})"
    if form == "quoted":
        return f"if(startsWith({raw}, '\"'), JSONExtractString({raw}), {raw})"
    if form == "host":
        return host(raw)
    if form == "failure":
        named = f"extract({raw}, {literal(FAILURE)})"
        return f"if({named} != '', {named}, extract({raw}, '^Error code: ([45][0-9][0-9])'))"
    return raw


def host(raw: str) -> str:
    """Return SQL of an address's host, or of the text itself where it is no address."""
    return f"if(position({raw}, '://') > 0, domain({raw}), {raw})"


def _inner(raw: str, path: str) -> str:
    """Return the arguments of a JSON function: ``a.[1].b`` is the key a, the first of its list, the key b."""
    parts = [part[1:-1] if re.fullmatch(r"\[-?\d+\]", part) else literal(part) for part in path.split(".")]
    return ", ".join((raw, *parts))


def _scalar(raw: str, path: str) -> str:
    """A text, number or boolean at a path, as text; what is absent, null or nested is ''."""
    return f"ifNull(JSONExtract({_inner(raw, path)}, 'Nullable(String)'), '')"


def _typed(text: str, field: Field) -> str:
    if field.kind == "text":
        return text
    if field.kind == "bool":
        return f"if({text} = '', NULL, lower({text}) IN ('true', '1'))"
    return number(f"toFloat64OrNull({text})", field)


def number(value: str, field: Field) -> str:
    """Return SQL of the number ``value`` where it can be one: finite, not negative unless signed, counts whole."""
    if field.kind == "int":
        return _counted(value, field)
    low = "-inf" if field.signed else "0"
    # Comparisons with NaN are false.
    return f"if({value} >= {low} AND isFinite({value}), {value}, NULL)"


def _counted(value: str, field: Field) -> str:
    return f"if({value} BETWEEN 0 AND {MOST}, accurateCastOrNull({value}, 'Int64'), NULL)"
