"""Reads whole traces out of the store, as arrays that structures are computed from.

A span that was sent twice counts once: the first of its copies in a fixed order, so that it matters neither when nor
in which order copies come in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.traces.forest import NONE, Flags, Forest, Ids, Ints, grow, places
from storage.engine import Engine
from storage.structures import structures_sql

# Of a trace with more spans the first ones count: whoever never ends a trace must not make each look at it dearer.
MOST_SPANS = 200_000
# For so many traces the index of ids is asked; for more it would be no faster than to look at all spans of the time.
FEW = 200
STEADY = {"max_threads": 1}


@dataclass(frozen=True, slots=True)
class Extent:
    """A trace and where in time its spans lie, nanoseconds since the epoch; ``key`` is its hash."""

    key: int
    tenant: str
    trace_id: str
    started: int
    ended: int
    spans: int


@dataclass(frozen=True, slots=True)
class Words:
    """A column of text as numbers: ``names[codes[i]]`` is row i's."""

    codes: Ints
    names: NDArray[np.object_]

    @classmethod
    def of(cls, column: pd.Series[str]) -> Words:
        """Number the distinct texts of a column in the order of the alphabet."""
        codes, names = pd.factorize(column.to_numpy(dtype=object), sort=True)
        return cls(codes.astype(np.int64), np.asarray(names, dtype=object))

    def texts(self) -> NDArray[np.object_]:
        """Return the column as text."""
        return self.names[self.codes]

    def code(self, name: str) -> int:
        """Return the number of ``name``; NONE when no row has it."""
        found = np.flatnonzero(self.names == name)
        return int(found[0]) if found.size else NONE


@dataclass(frozen=True, slots=True)
class Spans:
    """The spans of a chunk in canonical order: by trace, start, id. Times are nanoseconds since the epoch."""

    traces: Sequence[Extent]
    forest: Forest
    span: Ids
    start: Ints
    end: Ints
    failed: Flags
    redactions: Ints
    scope: Ids
    kind: Words
    service: Words
    name: Words

    def ids(self, at: Ints) -> list[str]:
        """Return span ids as text."""
        return [f"{value:016x}" for value in self.span[at].tolist()]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some whole traces. ``calls`` has a row a call in the order of its spans, whose place is ``place``.

    ``repeats`` are further copies of calls that were stored more than once, each in another batch.
    """

    spans: Spans
    calls: pd.DataFrame
    repeats: pd.DataFrame


def read_chunk(engine: Engine, extents: Sequence[Extent]) -> Chunk | None:
    """Return the traces whole, or None when no span of them is stored (any more)."""
    known = {one.key: one for one in extents}
    few = len(known) <= FEW
    asked = {
        "traces": list(known),
        "few": int(few),
        "ids": [one.trace_id for one in extents] if few else [],
        "started": min(one.started for one in extents),
        "ended": max(one.ended for one in extents),
        "most": MOST_SPANS,
    }
    rows = engine.frame(structures_sql("spans"), asked, STEADY)
    if rows.empty:
        return None
    rows = rows[~rows["id"].duplicated()]
    spans = _spans(rows, known)
    del asked["most"]
    calls, repeats = _calls(engine.frame(structures_sql("calls"), asked, STEADY), rows["id"].to_numpy(dtype=np.uint64))
    return Chunk(spans, calls, repeats)


def _spans(rows: pd.DataFrame, known: dict[int, Extent]) -> Spans:
    keys, first = np.unique(rows["trace"].to_numpy(dtype=np.uint64), return_index=True)
    trace = np.zeros(len(rows), dtype=np.int64)
    trace[first[1:]] = 1
    start = rows["start"].to_numpy(dtype=np.int64)
    forest = grow(
        np.cumsum(trace),
        rows["id"].to_numpy(dtype=np.uint64),
        rows["parent"].to_numpy(dtype=np.uint64),
        rows["named"].to_numpy(dtype=np.bool_),
    )
    return Spans(
        [known[key] for key in keys.tolist()],
        forest,
        rows["span"].to_numpy(dtype=np.uint64),
        start,
        start + rows["duration"].to_numpy(dtype=np.int64),
        rows["failed"].to_numpy(dtype=np.bool_),
        rows["redactions"].to_numpy(dtype=np.int64),
        rows["scope"].to_numpy(dtype=np.uint64),
        Words.of(rows["kind"]),
        Words.of(rows["service"]),
        Words.of(rows["name"]),
    )


def _calls(rows: pd.DataFrame, ids: Ids) -> tuple[pd.DataFrame, pd.DataFrame]:
    place = places(ids, rows["id"].to_numpy(dtype=np.uint64))
    rows = rows.assign(place=place)[place >= 0]
    again = rows["id"].duplicated().to_numpy()
    return rows[~again].sort_values("place").reset_index(drop=True), rows[again].reset_index(drop=True)
