"""Numbers the slots: which attribute fills which, and which slots a field is read from.

    usual | special | special and of the conversation | of the conversation

A slot is one field's attributes of one form, over all dialects, or one attribute that is read in several ways. Usual
slots are read on every span; special ones, which have conditions or take a value apart, only where a span fills one;
what holds the conversation is only asked for its presence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from storage.dialects.fields import FIELDS, Arm, Dialect
from storage.dialects.registry import placed_arms

# Room for this many arms a slot; the number of an arm is slot * RANKS + rank, the first slot is 1.
RANKS = 32
# What OpenTelemetry's conventions say of the conversation is on most calls: it is read where it is needed.
OPEN_DIALECT = "genai"
# Forms that a field's usual slot may mix: they leave another's values as they are.
MILD = ("plain", "first", "quoted", "host")


@dataclass(frozen=True, slots=True)
class Reading:
    """A slot as a field reads it: the first of ``keys`` in the form of ``arm``, which stands for all."""

    keys: tuple[str, ...]
    arm: Arm
    is_special: bool
    is_open: bool


@dataclass(frozen=True, slots=True)
class Slots:
    """The slot of each set of keys, and each field's readings in order; ``Arm`` is what no span attribute says.

    ``kinds`` says of the usual slots whether they hold a provider, an amount (not negative, finite) or something else;
    ``special``, ``text``, ``open_text`` and ``only_text`` are the first slots of the kinds after the usual; an open one
    does not make a span special.
    """

    numbers: dict[tuple[str, ...], int]
    readings: dict[str, list[Reading | Arm]]
    kinds: dict[tuple[str, ...], str]
    special: int
    text: int
    open_text: int
    only_text: int


def number_slots(fields: Iterable[str], dialects: Sequence[Dialect], content: Iterable[str]) -> Slots:
    """Number what the fields read and the attributes of the conversation, each key once."""
    fields, texts = tuple(fields), sorted(set(content))
    ways = {
        (arm.key, name, _way(arm)) for name in fields for _, arm in placed_arms(name, dialects) if arm.source == "span"
    }
    per_key = Counter(key for key, *_ in ways) + Counter(texts)
    shared = {key for key, count in per_key.items() if count > 1}
    readings = {name: _readings(name, dialects, shared) for name in fields}
    read = {one.keys: one for found in readings.values() for one in found if isinstance(one, Reading)}
    kinds = {keys: _kind(one.arm) for keys, one in read.items() if not one.is_special}
    usual = sorted(kinds, key=lambda keys: kinds[keys])
    both = sorted(
        (keys for keys, one in read.items() if one.is_special and keys[0] in texts), key=lambda k: read[k].is_open
    )
    closed = sum(not read[keys].is_open for keys in both)
    special = [keys for keys, one in read.items() if one.is_special and keys[0] not in texts]
    rest = [key for key in texts if (key,) not in read]
    only_text = [tuple(rest[start : start + RANKS]) for start in range(0, len(rest), RANKS)]
    numbers = {keys: number for number, keys in enumerate((*usual, *special, *both, *only_text), 1)}
    first = len(usual) + 1
    text = first + len(special)
    return Slots(numbers, readings, kinds, first, text, text + closed, text + len(both))


def _kind(arm: Arm) -> str:
    """What is asked of a usual slot's values before they count."""
    field = FIELDS[arm.field]
    if arm.field == "provider":
        return "provider"
    return "float" if field.kind == "float" and not field.signed else ""


def _way(arm: Arm) -> tuple[object, ...]:
    """What arms of one field must share to be read from one slot."""
    form, path, scope, values = arm.reads
    return ("plain" if form in MILD else form, path, scope, values)


def _readings(field: str, dialects: Sequence[Dialect], shared: set[str]) -> list[Reading | Arm]:
    """Gather a field's arms by the way they are read, in the order of the first of each."""
    gathered: dict[object, list[tuple[str, Arm]]] = {}
    for dialect, arm in placed_arms(field, dialects):
        alone = arm.source != "span" or arm.key in shared
        gathered.setdefault((arm.key, _way(arm), arm.source, arm.event) if alone else _way(arm), []).append(
            (dialect, arm)
        )
    found: list[Reading | Arm] = []
    usual = True
    for members in gathered.values():
        for start in range(0, len(members), RANKS):
            one = _reading(members[start : start + RANKS], shared, usual)
            usual = usual and not (isinstance(one, Reading) and not one.is_special)
            found.append(one)
    return found


def _reading(members: list[tuple[str, Arm]], shared: set[str], usual: bool) -> Reading | Arm:
    dialect, arm = members[0]
    if arm.source != "span":
        return arm
    simple = arm.form in (*MILD, "seconds") and not (arm.scope or arm.values or arm.key in shared)
    keys = tuple(dict.fromkeys(each.key for _, each in members))
    return Reading(keys, arm, not (usual and simple), dialect == OPEN_DIALECT)
