"""Compiles the dialect tables to the one-pass SQL that types a span.

Reading a Map by key scans it, so a coalesce over a hundred keys costs a hundred scans. Here each attribute is looked
up once in a constant table: its number says which slot it fills and how early it wins. A slot is one field read in
one form; a field with several forms is a short coalesce over its slots.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from storage.dialects.enums import pairs
from storage.dialects.fields import FIELDS, Arm
from storage.dialects.registry import DIALECTS, arms_of
from storage.otlp import literal

# Room for this many arms a slot; the number of an arm is slot * RANKS + rank.
RANKS = 16


@dataclass(frozen=True, slots=True)
class Slot:
    """One field's arms of one form and path, in the order in which they win."""

    field: str
    form: str
    path: str
    arms: tuple[Arm, ...]


def slots_of(field: str) -> list[Slot]:
    """Group a field's span arms into runs of one form, keeping the order of precedence."""
    runs: list[list[Arm]] = []
    for arm in arms_of(field):
        if arm.source != "span":
            continue
        if runs and (runs[-1][0].reads, runs[-1][0].path) == (arm.reads, arm.path):
            runs[-1].append(arm)
        else:
            runs.append([arm])
    return [Slot(field, run[0].reads, run[0].path, tuple(run)) for run in runs]


@dataclass(frozen=True, slots=True)
class Plan:
    """The numbered slots of all fields. A key that several slots read (a JSON bag) has one number for each."""

    slots: tuple[Slot, ...]

    @classmethod
    def build(cls, fields: Iterable[str] = FIELDS) -> Plan:
        """Number the slots of the named fields, or of every field of the registry."""
        return cls(tuple(slot for field in fields for slot in slots_of(field)))

    def numbers(self) -> dict[str, list[int]]:
        """Return key -> its numbers, 1-based so that 0 means a key of no dialect."""
        found: dict[str, list[int]] = {}
        for index, slot in enumerate(self.slots):
            for rank, arm in enumerate(slot.arms):
                found.setdefault(arm.key, []).append(index * RANKS + rank + 1)
        return found

    def hits(self) -> str:
        """Return SQL of the sorted ``(number, value)`` pairs of the Map ``SpanAttributes``; empty values left out."""
        numbers = self.numbers()
        once = {key: first[0] for key, first in numbers.items() if len(first) == 1}
        single = (
            f"arrayMap((k, v) -> (transform(toString(k), {_array(once)}, {list(once.values())}, 0), v),"
            " mapKeys(SpanAttributes), mapValues(SpanAttributes))"
        )
        several = [
            f"({number}, SpanAttributes[{literal(key)}])"
            for key, many in numbers.items()
            if len(many) > 1
            for number in many
        ]
        both = f"arrayConcat({single}, [{', '.join(several)}])" if several else single
        return f"arraySort(arrayFilter(h -> h.1 > 0 AND h.2 NOT IN ('', 'None', 'null'), {both}))"

    def field(self, name: str) -> str:
        """Return SQL of a field's value: typed by its form, NULL or '' when no arm holds one."""
        arms = [self._slot(index) for index, slot in enumerate(self.slots) if slot.field == name]
        arms += [_resource(arm) for arm in arms_of(name) if arm.source == "resource"]
        empty = "''" if FIELDS[name] in ("text", "first") else "NULL"
        return f"coalesce({', '.join(arms)}, {empty})" if arms else empty

    def _slot(self, index: int) -> str:
        slot = self.slots[index]
        raw = f"values_[indexOf(slots_, {index})]"
        return _read(raw, slot.form, slot.path, FIELDS[slot.field])


def _read(raw: str, form: str, path: str, wanted: str) -> str:
    """Return SQL that reads the text ``raw`` in its form; '' and what cannot be read are NULL."""
    if form == "json":
        keys = ", ".join(literal(part) for part in path.split("."))
        inner = f"JSONExtract({raw}, {keys}, 'Nullable(String)')"
        return inner if wanted == "text" else _read(f"ifNull({inner}, '')", wanted, "", wanted)
    if form == "int":
        # Counts are not negative, and no call has more than 10^12 tokens: what claims so is not summed.
        number = f"accurateCastOrNull(toFloat64OrNull({raw}), 'Int64')"
        return f"if({number} BETWEEN 0 AND 1000000000000, {number}, NULL)"
    if form in ("float", "seconds"):
        number = f"toFloat64OrNull({raw})"
        scale = " * 1000" if form == "seconds" else ""
        return f"if(isFinite({number}) AND {number} >= 0, {number}{scale}, NULL)"
    if form == "bool":
        return f"if({raw} = '', NULL, lower({raw}) IN ('true', '1'))"
    if form == "first":
        return f"nullIf(if(startsWith({raw}, '['), JSONExtractString({raw}, 1), {raw}), '')"
    return f"nullIf({raw}, '')"


def _resource(arm: Arm) -> str:
    return _read(f"ResourceAttributes[{literal(arm.key)}]", arm.reads, arm.path, FIELDS[arm.field])


def enum(value: str, table: dict[str, tuple[str, ...]], *, default: str | None = None) -> str:
    """Return SQL that maps what a dialect wrote to the canonical value; unknown values stay, or become ``default``."""
    written, meant = pairs(table)
    if default is None:
        return f"transform(lower({value}), {_array(written)}, {_array(meant)}, lower({value}))"
    known = [*written, *(name for name in table if name), ""]
    mean = [*meant, *(name for name in table if name), ""]
    return f"transform(lower({value}), {_array(known)}, {_array(mean)}, {literal(default)})"


def dialect_name() -> str:
    """Return SQL of the dialect that a span is written in: by scope, else by its keys, else ''."""
    by_scope = [
        f"startsWith(ScopeName, {literal(scope)}), {literal(dialect.name)}"
        for dialect in DIALECTS
        for scope in dialect.scopes
    ]
    by_key = [
        f"hasAny(mapKeys(SpanAttributes), {_array(dialect.keys)}), {literal(dialect.name)}"
        for dialect in reversed(DIALECTS)
    ]
    return f"multiIf({', '.join([*by_scope, *by_key])}, '')"


def first_token_events() -> str:
    """Return SQL of the array of event names that mark a first token."""
    return _array(name for dialect in DIALECTS for name in dialect.first_token_events)


def _array(texts: Iterable[str]) -> str:
    return "[" + ", ".join(literal(text) for text in texts) + "]"
