"""The list of traces, newest first, at a bounded price.

    spans_1m says how many spans each minute holds
         └── slices of at most SLICE_SPANS spans, newest first
                └── trace ids of a slice that fulfil the conditions ── until a page is full or MOST_SLICES are read
                       └── one summary row for each id

A list of a busy day reads its last minutes only; a rare condition reads on, and says how far it got.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from dashboard.address import Scope, Window
from dashboard.read.cursor import START, Cursor, nanoseconds
from dashboard.read.sql import sql
from storage.engine import Engine

SLICE_SPANS = 100_000
MOST_SLICES = 20
MARGIN = timedelta(minutes=10)
REACH = timedelta(hours=6)  # how long after its first span a trace may still have spans


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which traces. ``slow_ms`` and ``costly_usd`` are least values of a model call and of a trace; 0 is any."""

    q: str = ""
    errors: bool = False
    redacted: bool = False
    slow_ms: float = 0.0
    costly_usd: float = 0.0

    def parameters(self, scope: Scope) -> dict[str, object]:
        """Return what ``trace_ids.sql`` binds."""
        return {
            "q": self.q,
            "errors": int(self.errors),
            "redacted": int(self.redacted),
            "slow_ms": self.slow_ms,
            "costly_usd": self.costly_usd,
            "calls": int(bool(scope.model or self.slow_ms or self.costly_usd)),
            **scope.parameters(),
        }


@dataclass(frozen=True, slots=True)
class Summary:
    """A trace in one row."""

    trace_id: str
    began: datetime
    duration_ms: float
    name: str
    service: str
    status: str
    spans: int
    failed: int
    masked: int
    calls: int
    models: Sequence[str]
    tokens_in: int
    tokens_out: int
    cost: float
    session: str
    user: str
    slowest_ms: float


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of traces. ``next`` goes on; ``searched_to`` is set when the search stopped before the window's start."""

    traces: Sequence[Summary]
    next: Cursor | None = None
    searched_to: datetime | None = None


def list_traces(
    engine: Engine, window: Window, scope: Scope, wanted: Wanted, *, cursor: Cursor = START, limit: int = 100
) -> Listing:
    """Return one page of traces that began in the window and fulfil ``wanted``, newest first."""
    if cursor.id:
        past = datetime.fromtimestamp(cursor.ns // 10**9 + 1, UTC)
        window = Window(window.start, max(window.start, min(window.end, past)))
    found: list[tuple[str, datetime]] = []
    for number, piece in enumerate(_slices(engine, window, scope)):
        if len(found) > limit:
            break
        if number == MOST_SLICES:
            return _listing(engine, found, limit, stopped=piece.end)
        found += _ids(engine, piece, scope, wanted, cursor, limit + 1 - len(found))
    return _listing(engine, found, limit)


def summaries(engine: Engine, ids: Sequence[str], window: Window) -> list[Summary]:
    """Return one row for each trace of ``ids`` with spans in the window, newest first."""
    if not ids:
        return []
    asked = {"ids": list(ids), "start": window.start, "end": window.end}
    return [_summary(row) for row in engine.query(sql("trace_summaries"), asked).rows]


def _listing(
    engine: Engine, found: Sequence[tuple[str, datetime]], limit: int, stopped: datetime | None = None
) -> Listing:
    kept = found[:limit]
    if not kept:
        return Listing((), Cursor(nanoseconds(stopped), "0") if stopped else None, stopped)
    window = Window(kept[-1][1] - MARGIN, kept[0][1] + REACH)
    rows = summaries(engine, [trace for trace, _ in kept], window)
    if len(found) > limit:
        return Listing(rows, Cursor(nanoseconds(kept[-1][1]), kept[-1][0]))
    return Listing(rows, Cursor(nanoseconds(stopped), "0") if stopped else None, stopped)


def _slices(engine: Engine, window: Window, scope: Scope) -> Iterator[Window]:
    """Cut the window at whole minutes into pieces of about ``SLICE_SPANS`` spans, newest piece first."""
    asked = {"start": window.start, "end": window.end, "tenant": scope.tenant}
    end, held = window.end, 0
    for minute, amount in engine.query(sql("trace_span_slices"), asked).rows:
        if held and held + amount > SLICE_SPANS:
            yield Window(minute + timedelta(minutes=1), end)
            end, held = minute + timedelta(minutes=1), 0
        held += amount
    if held:
        yield Window(window.start, end)


def _ids(
    engine: Engine, piece: Window, scope: Scope, wanted: Wanted, cursor: Cursor, limit: int
) -> list[tuple[str, datetime]]:
    asked: Mapping[str, object] = {
        **wanted.parameters(scope),
        "start": piece.start,
        "end": piece.end,
        "margin": piece.start - MARGIN,
        "until": piece.end + MARGIN,
        "cursor_at": cursor.text,
        "cursor_id": cursor.id,
        "limit": limit,
    }
    return [(row[0], row[1]) for row in engine.query(sql("trace_ids"), asked).rows]


def _summary(row: Sequence[Any]) -> Summary:
    values = list(row)
    for at in (11, 12):
        values[at] = int(values[at] or 0)
    values[13] = float(values[13] or 0.0)
    return Summary(*values)
