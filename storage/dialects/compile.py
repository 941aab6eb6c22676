"""Compiles the dialect tables to the one-pass SQL that types a span.

Reading a Map by key scans it, so a coalesce over a hundred keys costs a hundred scans. Here each attribute is looked
up once in a constant table: its number says which slot it fills and how early it wins. A slot is one field read in
one form, or one attribute that several fields read; a field is a chain over its slots, the later asked only where the
earlier are empty. What few spans have lies in the last slots and is not looked at where these are empty.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from storage.dialects.fields import FIELDS, Arm, Dialect, Field
from storage.dialects.forms import array, read
from storage.dialects.registry import SHIPPED, arms_of
from storage.otlp import literal

# Room for this many arms a slot; the number of an arm is slot * RANKS + rank, the first slot is 1.
RANKS = 32
# A hit is the number of its arm and, in the low half, the place of its value among the span's attributes.
PLACES = 2**32


@dataclass(frozen=True, slots=True)
class Read:
    """A slot as a field reads it: the first of ``keys`` in the form of ``arm``, which stands for all."""

    keys: tuple[str, ...]
    arm: Arm

    @property
    def is_rare(self) -> bool:
        """Whether few spans have it: fields of few spans, and attributes that have to be taken apart."""
        return FIELDS[self.arm.field].rare or self.arm.form in ("json", "json_sum", "json_length", "json_host", "repr")


def reads_of(field: str, dialects: Sequence[Dialect], shared: frozenset[str]) -> list[Read]:
    """Group a field's span arms into runs of one form, keeping the order; a shared key is a run of its own."""
    runs: list[list[Arm]] = []
    for arm in arms_of(field, dialects):
        if arm.source != "span":
            continue
        alone = arm.key in shared or bool(FIELDS[field].skips)
        if runs and not alone and runs[-1][0].key not in shared and runs[-1][0].reads == arm.reads:
            runs[-1].append(arm)
        else:
            runs.append([arm])
    return [Read(tuple(arm.key for arm in run), run[0]) for run in runs]


@dataclass(frozen=True, slots=True)
class Plan:
    """Which key fills which slot, and which slots a field reads."""

    dialects: Sequence[Dialect]
    reads: dict[str, list[Read]]
    slots: dict[tuple[str, ...], int]
    first_rare: int

    @classmethod
    def build(cls, fields: Iterable[str] = FIELDS, dialects: Sequence[Dialect] = SHIPPED) -> Plan:
        """Number the slots of the named fields, or of every field."""
        names = tuple(fields)
        content = {key for dialect in dialects for key in dialect.content} if names == tuple(FIELDS) else set()
        uses = {(arm.key, name, arm.reads) for name in names for arm in arms_of(name, dialects) if arm.source == "span"}
        per_key = Counter(key for key, *_ in uses) + Counter(content)
        shared = frozenset(key for key, count in per_key.items() if count > 1)
        reads = {name: reads_of(name, dialects, shared) for name in names}
        order = [read for name in names for read in reads[name]]
        common = dict.fromkeys(read.keys for read in order if not read.is_rare)
        rare = dict.fromkeys(read.keys for read in order if read.keys not in common)
        alone = {(key,): None for key in sorted(content) if (key,) not in common and (key,) not in rare}
        slots = {keys: number for number, keys in enumerate((*common, *alone, *rare), 1)}
        return cls(dialects, reads, slots, len(common) + len(alone) + 1)

    def numbers(self) -> dict[str, int]:
        """Return key -> the number of its arm."""
        return {key: slot * RANKS + rank for keys, slot in self.slots.items() for rank, key in enumerate(keys)}

    def hits(self) -> str:
        """Return SQL of the sorted hits in the Map ``SpanAttributes``; attributes that say nothing are left out."""
        numbers = self.numbers()
        looked_up = f"toUInt64(transform(toString(k), {array(numbers)}, {list(numbers.values())}, 0))"
        keys = "mapKeys(SpanAttributes)"
        return (
            "arraySort(arrayFilter(h -> h > 0, arrayMap((n, v, i) ->"
            f" if(n > 0 AND v NOT IN ('', 'None', 'null'), n * {PLACES} + i, 0),"
            f" arrayMap(k -> {looked_up}, {keys}), mapValues(SpanAttributes), arrayEnumerate({keys}))))"
        )

    def opened(self) -> str:
        """Return SQL of what fields are read from: slots, places, values, and whether a rare slot is filled."""
        return (
            f"arrayMap(h -> toUInt16(intDiv(h, {PLACES * RANKS})), hits) AS slots_,"
            f" arrayMap(h -> toUInt32(h % {PLACES}), hits) AS places_,"
            f" mapValues(SpanAttributes) AS values_,"
            f" slots_[-1] >= {self.first_rare} AS rare_"
        )

    def field(self, name: str) -> str:
        """Return SQL of a field's value: a text is '' and all else NULL when no arm holds one."""
        field = FIELDS[name]
        by_first = {(read.keys[0], read.arm): read for read in self.reads[name]}
        chain = []
        for arm in arms_of(name, self.dialects):
            if arm.source != "span":
                chain.append(_conditional(_elsewhere(arm), arm, field))
            elif found := by_first.get((arm.key, arm)):
                chain.append(self._slot(found, field))
        nothing = "''" if field.kind == "text" else "NULL"
        sql = nothing
        for value in reversed(chain):
            sql = f"if({value} != '', {value}, {sql})" if field.kind == "text" else f"ifNull({value}, {sql})"
        return sql

    def has_content(self) -> str:
        """Return SQL of whether an attribute holds a part of the conversation."""
        keys = {key for dialect in self.dialects for key in dialect.content}
        slots = sorted(slot for names, slot in self.slots.items() if not keys.isdisjoint(names))
        return f"hasAny(slots_, CAST({slots}, 'Array(UInt16)'))"

    def _slot(self, found: Read, field: Field) -> str:
        slot = self.slots[found.keys]
        value = _conditional(f"values_[places_[indexOf(slots_, {slot})]]", found.arm, field)
        nothing = "''" if field.kind == "text" else "NULL"
        return value if slot < self.first_rare else f"if(rare_, {value}, {nothing})"


def _elsewhere(arm: Arm) -> str:
    if arm.source == "resource":
        return f"ResourceAttributes[{literal(arm.key)}]"
    place = f"indexOf(`Events.Name`, {literal(arm.event)})"
    return f"if({place} > 0, `Events.Attributes`[{place}][{literal(arm.key)}], '')"


def _conditional(raw: str, arm: Arm, field: Field) -> str:
    """Return SQL of the value under the arm's own conditions; of a boolean, its values are what makes it true."""
    nothing = "''" if field.kind == "text" else "NULL"
    if arm.values and field.kind == "bool":
        return f"if(lower({raw}) IN ({', '.join(map(literal, arm.values))}), true, NULL)"
    value = read(raw, arm.form, arm.path, field)
    if field.skips:
        value = f"if(lower({value}) IN ({', '.join(map(literal, field.skips))}), '', {value})"
    if arm.scope:
        value = f"if(ScopeName = {literal(arm.scope)}, {value}, {nothing})"
    if arm.values:
        value = f"if(lower({raw}) IN ({', '.join(map(literal, arm.values))}), {value}, {nothing})"
    return value
