"""One conversation a span, whichever of the three carries it: its attributes, its events, its log records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dashboard.read.conversation.deeds import document_turns, embedded_turns, tool_turns
from dashboard.read.conversation.sources import side_of, system_of
from dashboard.read.conversation.told import details, told_turns
from dashboard.read.conversation.turns import Attributes, Told, Turn


def conversation(attributes: Attributes, events: Sequence[Told] = (), records: Sequence[Told] = ()) -> list[Turn]:
    """Return the turns of one span in order; empty when it carries no content.

    The first source that tells a side is believed for that side: one text often stands in several.
    """
    for deed in (tool_turns, document_turns, embedded_turns):
        turns = [turn for turn in deed(attributes) if turn.parts]
        if turns:
            return turns
    sides = [_side(attributes, events, records, side) for side in ("in", "out")]
    system = system_of(attributes) or system_of(details(events)) or system_of(details(records))
    if any(turn.role == "system" for turn in sides[0]):
        system = []
    return _named([*system, *sides[0], *sides[1]])


def _side(attributes: Attributes, events: Sequence[Told], records: Sequence[Told], side: str) -> list[Turn]:
    told = side_of(attributes, side)
    for source in (events, records):
        told = told or side_of(details(source), side)
        told = told or [turn for turn in told_turns(source, side) if turn.parts]
    return told


def _named(turns: Sequence[Turn]) -> list[Turn]:
    """Give each answer of a tool the name that its call had; they share an id."""
    names = {part.id: part.name for turn in turns for part in turn.parts if part.id and part.name}
    return [
        replace(turn, parts=[part if part.name else replace(part, name=names.get(part.id, "")) for part in turn.parts])
        for turn in turns
    ]
