"""Which dialects arrive, from where, and which of their attributes no dialect knows: names and counts, never values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dashboard.address import Scope, Window
from dashboard.read.sql import sql
from storage.dialects.fields import Dialect
from storage.dialects.known import Known, namespace
from storage.engine import Engine

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Arrival:
    """Spans of one dialect ('' is none), service and instrumentation scope; attributes of them that none knows."""

    dialect: str
    service: str
    scope: str
    spans: int
    unmapped: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Unmapped:
    """An attribute that no dialect knows: its numbers are N; ``namespace`` is a standard one or ''."""

    key: str
    namespace: str
    dialects: Sequence[str]
    services: Sequence[str]
    scopes: Sequence[str]
    spans: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Understanding:
    """What arrives and what of it is not understood, each the most frequent first."""

    arrivals: Sequence[Arrival]
    unmapped: Sequence[Unmapped]


def read_understanding(engine: Engine, window: Window, scope: Scope, dialects: Sequence[Dialect]) -> Understanding:
    """Return it for the days that the window touches (UTC); what came in during the last minutes is not counted yet.

    Raises StoreError.
    """
    asked = {"start": window.start, "end": window.end, "tenant": scope.tenant, "service": scope.service}
    rows = engine.query(sql("attribute_uses"), asked).dicts()
    known = Known.of(dialects)
    strange = [row for row in rows if row["key"] and not known.has(row["key"])]
    counts: dict[tuple[str, str, str], int] = defaultdict(int)
    for row in strange:
        counts[row["dialect"], row["service"], row["scope"]] += not namespace(row["key"])
    arrivals = [
        Arrival(
            row["dialect"], row["service"], row["scope"], row["n"],
            counts[row["dialect"], row["service"], row["scope"]], row["last"],
        )
        for row in rows
        if not row["key"]
    ]  # fmt: skip
    return Understanding(arrivals, _by_key(strange))


def _by_key(rows: Sequence[Row]) -> list[Unmapped]:
    """Gather the rows of each attribute; standard ones come last."""
    gathered: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        gathered[str(row["key"])].append(row)
    found = [
        Unmapped(
            key,
            namespace(key),
            _names(members, "dialect"),
            _names(members, "service"),
            _names(members, "scope"),
            sum(row["n"] for row in members),
            max(row["last"] for row in members),
        )
        for key, members in gathered.items()
    ]
    return sorted(found, key=lambda one: (bool(one.namespace), -one.spans, one.key))


def _names(rows: Sequence[Row], name: str) -> tuple[str, ...]:
    return tuple(sorted({str(row[name]) for row in rows if row[name]}))
