"""Compiles the dialect tables to the one-pass SQL that types a span.

    SpanAttributes ──> numbers_ ──> filled_ (slot -> text) ──> f_<field>

Reading a Map by key scans it, so a coalesce over a hundred keys costs a hundred scans. Here each attribute is looked
up once in a constant table: its number says which slot it fills and how early it wins. A field is a short chain over
its slots. The text of the statement is kept short too: an INSERT is analysed anew for each segment.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from storage.dialects.enums import FRAMEWORKS
from storage.dialects.fields import FIELDS, Arm, Dialect, Field
from storage.dialects.forms import array, listed, read
from storage.dialects.registry import SHIPPED
from storage.dialects.slots import RANKS, Reading, Slots, number_slots
from storage.otlp import literal

# A value shorter than this may stand twice in an expression.
SHORT = 40


@dataclass(frozen=True, slots=True)
class Plan:
    """The SQL of the fields of some dialects, in steps: each is the columns of a SELECT over the one before."""

    dialects: Sequence[Dialect]
    slots: Slots

    @classmethod
    def build(cls, fields: Iterable[str] = FIELDS, dialects: Sequence[Dialect] = SHIPPED) -> Plan:
        """Number the slots of the named fields, or of every field and of what holds the conversation."""
        names = tuple(fields)
        content = (key for dialect in dialects for key in dialect.content)
        return cls(dialects, number_slots(names, dialects, content if names == tuple(FIELDS) else ()))

    def numbers(self) -> dict[str, int]:
        """Return key -> the number of its arm."""
        return {key: slot * RANKS + rank for keys, slot in self.slots.numbers.items() for rank, key in enumerate(keys)}

    def look_up(self) -> str:
        """Return the first step: each attribute's number; 0 for what no dialect reads and for what says nothing.

        Nothing is said by a number that cannot be one, nor by a framework where the provider should stand.
        """
        numbers = self.numbers()
        empty = ["n = 0", "v IN ('', 'None', 'null')"]
        if amounts := self._between("float"):
            empty.append(f"({amounts} AND NOT ifNull(toFloat64OrNull(v) BETWEEN 0 AND 1e300, false))")
        if provider := self._between("provider"):
            empty.append(f"({provider} AND lower(v) IN {listed(FRAMEWORKS)})")
        looked_up = f"arrayMap(k -> toUInt16(transform(toString(k), {array(numbers)}, {list(numbers.values())}, 0)),"
        return (
            f"arrayMap((n, v) -> if({' OR '.join(empty)}, 0, n), {looked_up} mapKeys(SpanAttributes)),"
            " mapValues(SpanAttributes)) AS numbers_"
        )

    def _between(self, kind: str) -> str:
        """SQL of whether the number ``n`` is of a usual slot of that kind; '' if there is none."""
        slots = [slot for keys, slot in self.slots.numbers.items() if self.slots.kinds.get(keys) == kind]
        return f"n BETWEEN {min(slots) * RANKS} AND {max(slots) * RANKS + RANKS - 1}" if slots else ""

    def pick(self) -> str:
        """Return the second step: the numbers and texts that are read, and which kinds of slots there are."""
        slots = self.slots
        special, text, only_text = (slot * RANKS for slot in (slots.special, slots.text, slots.only_text))
        return (
            f"arrayFilter(n -> n BETWEEN 1 AND {only_text - 1}, numbers_) AS read_,"
            f" arrayFilter((v, n) -> n BETWEEN 1 AND {only_text - 1}, mapValues(SpanAttributes), numbers_) AS texts_,"
            f" arrayExists(n -> n BETWEEN {special} AND {text - 1}, numbers_) AS special_,"
            f" arrayExists(n -> n >= {text}, numbers_) AS has_text_"
        )

    def fill(self) -> str:
        """Return the third step: the texts by slot, of each slot the one that wins first."""
        slots = f"arrayMap(n -> toUInt16(intDiv(n, {RANKS})), arraySort(read_))"
        return f"CAST(({slots}, arraySort((v, n) -> n, texts_, read_)), 'Map(UInt16, String)') AS filled_"

    def field(self, name: str) -> str:
        """Return SQL of a field's value: a text is '' and all else NULL when no arm holds one."""
        field = FIELDS[name]
        parts = [
            (kind, list(members))
            for kind, members in groupby(
                self.slots.readings[name], key=lambda one: isinstance(one, Reading) and one.is_special
            )
        ]
        values = [
            _guarded(members, [self._value(one, field) for one in members], field)
            if special
            else [self._value(one, field) for one in members]
            for special, members in parts
        ]
        return _first([value for group in values for value in group], field)

    def _value(self, one: Reading | Arm, field: Field) -> str:
        """SQL of one reading; a text of a special slot is Nullable, so that coalesce can pass over it."""
        if isinstance(one, Arm):
            return read(_elsewhere(one), one, field)
        arm = one.arm
        forms = {each.form for dialect in self.dialects for each in dialect.arms if each.field == arm.field}
        raw = f"filled_[{self.slots.numbers[one.keys]}]"
        if one.is_special:
            return read(raw, arm, field)
        return read(raw, arm, field, forms, sound=self.slots.kinds[one.keys] == "float")


def _guarded(members: Sequence[Reading | Arm], values: Sequence[str], field: Field) -> list[str]:
    """Return SQL of special readings, looked at where the span fills a special slot; what is open, everywhere."""
    if all(isinstance(one, Reading) and one.is_open for one in members):
        return list(values)
    return [f"if(special_, {_first(values, field)}, {_nothing(field)})"]


def _first(values: Sequence[str], field: Field) -> str:
    """Return SQL of the first value that says something."""
    if len(values) < 2:
        return values[0] if values else _nothing(field)
    if field.kind != "text":
        return f"coalesce({', '.join(values)})"
    if len(values) == 2 and len(values[0]) < SHORT:
        return f"if({values[0]} != '', {values[0]}, {values[1]})"
    # A long text is not said twice: it would be analysed twice.
    return f"coalesce({', '.join(_null_if_empty(value) for value in values)}, '')"


def _null_if_empty(value: str) -> str:
    return f"nullIf({value}, '')"


def _nothing(field: Field) -> str:
    return "''" if field.kind == "text" else "NULL"


def _elsewhere(arm: Arm) -> str:
    if arm.source == "resource":
        return f"ResourceAttributes[{literal(arm.key)}]"
    place = f"indexOf(`Events.Name`, {literal(arm.event)})"
    return f"if({place} > 0, `Events.Attributes`[{place}][{literal(arm.key)}], '')"
