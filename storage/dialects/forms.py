"""SQL that reads a text in the form in which a dialect wrote it. No value may make it fail: it is part of an INSERT."""

from __future__ import annotations

import re
from collections.abc import Set

from storage.dialects.fields import Arm, Field
from storage.literals import listed, literal

# A whole number up to 4 billion; no call has more tokens. What is negative, broken or larger is not a count.
COUNT = "'UInt32'"
# The host of an address, without who logs in there.
HOST = r"^[A-Za-z0-9+.-]+://(?:[^/@?#]*@)?(\[[^\]]*\]|[^/:?#]*)"
# The exception that a message begins with.
FAILURE = r"^([A-Za-z_.]+(?:Error|Exception))\b"


def read(raw: str, arm: Arm, field: Field, also: Set[str] = frozenset(), *, sound: bool = False) -> str:
    """Return SQL of the value that the text ``raw`` says to ``arm``: NULL, or of a text also '', where it says none.

    A count is a Float64 yet, for ``whole``. ``also`` are further forms that a text may have in the same place; a
    ``sound`` text, if it is a number, is finite and not negative. Of a boolean, an arm's values make it true.
    """
    among = f"lower({raw}) IN {listed(arm.values)}"
    if arm.values and field.kind == "bool":
        return f"if({among}, true, NULL)"
    value = _sound(raw, arm) if sound else _formed(raw, arm, field, {arm.form, *also})
    if arm.scope:
        value = f"if(ScopeName = {literal(arm.scope)}, {value}, NULL)"
    return f"if({among}, {value}, NULL)" if arm.values else value


def whole(value: str, field: Field) -> str:
    """Return SQL of the field of a value: a count is a whole number that can be one."""
    return f"accurateCastOrNull({value}, {COUNT})" if field.kind == "int" else value


def _formed(raw: str, arm: Arm, field: Field, forms: Set[str]) -> str:
    if arm.form == "json_length":
        # An empty list says that nothing was found; what is no list says nothing.
        return f"if(startsWith({raw}, '['), toFloat64(JSONLength({raw})), NULL)"
    if arm.form == "json_sum":
        # An object's numbers alone: of what is nested, text or null there is nothing to add.
        pairs = f"arrayFilter(p -> position(p.1, {literal(arm.path)}) > 0, JSONExtractKeysAndValues({raw}, 'Float64'))"
        return f"nullIf(arraySum(p -> p.2, {pairs}), 0)"
    if arm.form == "since_start":
        at = f"parseDateTime64BestEffortOrNull(trimBoth({raw}, '\"'), 9, 'UTC')"
        return _finite(f"dateDiff('microsecond', Timestamp, {at}) / 1000", field)
    if arm.form == "seconds":
        return _finite(f"toFloat64OrNull({raw}) * 1000", field)
    if arm.form == "repr":
        pattern = f"{re.escape(arm.path)}['\"]?\\s*[:=]\\s*(\\d+)"
        return _typed(f"extract({raw}, {literal(pattern)})", field)
    if arm.form == "failure":
        return f"nullIf({failure(raw)}, '')"
    if arm.form in ("json", "json_host"):
        return _json(raw, arm, field)
    return _typed(_mild(raw, forms), field)


def _sound(raw: str, arm: Arm) -> str:
    return f"toFloat64OrNull({raw})" + (" * 1000" if arm.form == "seconds" else "")


def _mild(raw: str, forms: Set[str]) -> str:
    """A text in any of the forms that leave a text of another form as it is."""
    if "first" in forms:
        raw = f"if(startsWith({raw}, '['), JSONExtractString({raw}, 1), {raw})"
    if "quoted" in forms:
        raw = f"trimBoth({raw}, '\"')"
    if "host" in forms:
        raw = _host(raw)
    return raw


def _host(raw: str) -> str:
    return f"if(position({raw}, '://') > 0, extract({raw}, {literal(HOST)}), {raw})"


def failure(raw: str) -> str:
    """Return SQL of the exception or HTTP status that a message begins with."""
    named = f"extract({raw}, {literal(FAILURE)})"
    return f"if({named} != '', {named}, extract({raw}, '^Error code: ([45][0-9][0-9])'))"


def _json(raw: str, arm: Arm, field: Field) -> str:
    """What stands at a path: ``a.[1].b`` is the key a, the first of its list, the key b."""
    parts = [part[1:-1] if re.fullmatch(r"\[-?\d+\]", part) else literal(part) for part in arm.path.split(".")]
    inner = ", ".join((raw, *parts))
    if field.kind in ("text", "bool"):
        text = f"JSONExtract({inner}, 'Nullable(String)')"
        if arm.form == "json_host":
            return f"nullIf(extract(ifNull({text}, ''), {literal(HOST)}), '')"
        return text if field.kind == "text" else f"if({text} IS NULL, NULL, lower({text}) IN ('true', '1'))"
    number = f"JSONExtract({inner}, 'Nullable(Float64)')"
    return number if field.kind == "int" else _finite(number, field)


def _typed(text: str, field: Field) -> str:
    if field.kind == "text":
        return text
    if field.kind == "bool":
        return f"if({text} = '', NULL, lower({text}) IN ('true', '1'))"
    number = f"toFloat64OrNull({text})"
    return number if field.kind == "int" else _finite(number, field)


def _finite(number: str, field: Field) -> str:
    """The number unless it is infinite, no number, or negative where it must not be. Comparisons with NaN are false."""
    low, high = ("-1e300" if field.signed else "0"), "1e300"
    return f"if({number} BETWEEN {low} AND {high}, {number}, NULL)"
