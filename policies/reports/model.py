"""What a report says, as data: controls with conditions, figures, charts, and the queries they come from.

Nothing here is prompt text: figures are counts, shares, times, names of services, models and policies, and ids.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Label = Literal["fully", "partly", "not"]
Cell = str | int | float | bool | None

RULE = (
    "Fully evidenced: every condition below holds. Partly: each essential condition holds and another does not, or"
    " cannot be known from what is stored. Not evidenced: an essential condition does not hold."
)


@dataclass(frozen=True, slots=True)
class Period:
    """The time a report is about, ``[start, end)``, and when it was asked: aware UTC."""

    start: datetime
    end: datetime
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Query:
    """A statement that was run: its text, what was bound to it, and what it gave (``rows`` in ``columns``' order).

    ``rows`` keeps at most ``MOST_ROWS`` of ``row_count``. ``abridged`` is what paper shows of a text too long for it.
    """

    id: str
    asks: str
    sql: str
    parameters: Mapping[str, Cell]
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    row_count: int
    as_of: datetime
    abridged: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that must hold; ``holds`` is None when it cannot be known. ``observed`` says what was seen."""

    text: str
    holds: bool | None
    observed: str
    essential: bool = False
    queries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its name: ``value`` as people read it, ``queries`` where it comes from."""

    name: str
    value: str
    note: str = ""
    queries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Rows for people: ``numbers`` are the columns set to the right."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset()
    queries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing: ``svg`` was made by our own module, its texts escaped there."""

    title: str
    svg: str
    caption: str = ""
    queries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Control:
    """One duty of one law, what was found about it, and what that does not prove.

    ``id`` as policies write it (``eu-ai-act:12``). ``coverage`` says in words how much of what counts was looked at.
    """

    id: str
    name: str
    title: str
    duty: str
    verdict: str
    conditions: tuple[Condition, ...]
    coverage: str
    figures: tuple[Figure, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    traces: Mapping[str, Sequence[str]] = field(default_factory=dict)
    not_proven: tuple[str, ...] = ()
    queries: tuple[Query, ...] = ()

    @property
    def label(self) -> Label:
        """What ``RULE`` makes of the conditions."""
        return judge(self.conditions)


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report; ``about`` is the small print (versions, digests, where the system stands)."""

    id: str
    name: str
    title: str
    period: Period
    controls: tuple[Control, ...]
    about: Mapping[str, str]

    def said(self) -> dict[str, Any]:
        """Return labels and identity in JSON's types, as the manifest carries them."""
        return {
            "id": self.id,
            "report": self.name,
            "title": self.title,
            "from": rfc3339(self.period.start),
            "to": rfc3339(self.period.end),
            "as_of": rfc3339(self.period.as_of),
            "labels": {control.id: control.label for control in self.controls},
            **self.about,
        }


def judge(conditions: Sequence[Condition]) -> Label:
    """Apply ``RULE``."""
    if not conditions or any(one.essential and one.holds is not True for one in conditions):
        return "not"
    return "fully" if all(one.holds is True for one in conditions) else "partly"


def rfc3339(at: datetime) -> str:
    """Return an aware time as UTC with a Z, to the second."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
