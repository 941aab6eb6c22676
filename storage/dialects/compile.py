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
from storage.dialects.forms import read, whole
from storage.dialects.registry import SHIPPED
from storage.dialects.slots import RANKS, Reading, Slots, number_slots
from storage.literals import array, listed, literal

EMPTY = "''"


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
        open_text = slots.open_text * RANKS
        return (
            f"arrayFilter(n -> n BETWEEN 1 AND {only_text - 1}, numbers_) AS read_,"
            f" arrayFilter((v, n) -> n BETWEEN 1 AND {only_text - 1}, mapValues(SpanAttributes), numbers_) AS texts_,"
            f" arrayExists(n -> n BETWEEN {special} AND {open_text - 1}, numbers_) AS special_,"
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
        values = [value for special, members in parts for value in self._values(special, members, field)]
        return whole(_first(values, field), field)

    def _values(self, special: object, members: Sequence[Reading | Arm], field: Field) -> list[str]:
        """SQL of readings of one kind; special ones in one, looked at where the span fills a special slot."""
        values = [self._value(one, field) for one in members]
        if not special or all(isinstance(one, Reading) and one.is_open for one in members):
            return values
        return [f"if(special_, {_coalesce(values)}, NULL)"]

    def _value(self, one: Reading | Arm, field: Field) -> str:
        """SQL of one reading; special ones are NULL, others of a text are '' where they say nothing."""
        if isinstance(one, Arm):
            return read(_elsewhere(one), one, field)
        raw = f"filled_[{self.slots.numbers[one.keys]}]"
        if one.is_special:
            value = read(raw, one.arm, field)
            return value if field.kind != "text" or _may_be_null(value) else f"nullIf({value}, '')"
        forms = {each.form for dialect in self.dialects for each in dialect.arms if each.field == one.arm.field}
        return read(raw, one.arm, field, forms, sound=self.slots.kinds[one.keys] == "float")


def _first(values: Sequence[str], field: Field) -> str:
    """Return SQL of the first value that says something."""
    if field.kind != "text":
        return _coalesce(values) if values else "NULL"
    if len(values) < 2:
        return f"ifNull({values[0]}, '')" if values and _may_be_null(values[0]) else (values or ["''"])[0]
    # Said once: what stands twice in an expression is analysed twice.
    return (
        f"coalesce({', '.join(value if _may_be_null(value) else f'nullIf({value}, {EMPTY})' for value in values)}, '')"
    )


def _may_be_null(value: str) -> bool:
    return value.startswith(("if(special_", "JSONExtract(", "nullIf("))


def _coalesce(values: Sequence[str]) -> str:
    return values[0] if len(values) == 1 else f"coalesce({', '.join(values)})"


def _elsewhere(arm: Arm) -> str:
    if arm.source == "resource":
        return f"ResourceAttributes[{literal(arm.key)}]"
    place = f"indexOf(`Events.Name`, {literal(arm.event)})"
    return f"if({place} > 0, `Events.Attributes`[{place}][{literal(arm.key)}], '')"
