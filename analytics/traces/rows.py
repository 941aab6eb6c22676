"""What a chunk of whole traces is: arrays of its spans, columns of its calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.traces.forest import NONE, Flags, Forest, Ids, Ints

Texts = NDArray[np.object_]


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
class Rows:
    """Columns of one length by name."""

    columns: Mapping[str, NDArray[Any]]

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self.columns[name]

    @property
    def size(self) -> int:
        """How many rows there are."""
        return len(next(iter(self.columns.values())))

    def flags(self, name: str) -> Flags:
        """Return a column of 0 and 1 as flags."""
        return self.columns[name].astype(np.bool_)

    def take(self, at: Ints | Flags) -> Rows:
        """Return some rows, by their numbers or by flags."""
        return Rows({name: column[at] for name, column in self.columns.items()})

    def having(self, name: str, column: NDArray[Any]) -> Rows:
        """Return the rows with one more column."""
        return Rows({**self.columns, name: column})


@dataclass(frozen=True, slots=True)
class Words:
    """A column of text as numbers: ``names[codes[i]]`` is row i's."""

    codes: Ints
    names: Texts

    @classmethod
    def of(cls, column: Texts) -> Words:
        """Number the distinct texts of a column in the order of the alphabet."""
        codes, names = pd.factorize(column, sort=True)
        return cls(codes.astype(np.int64), np.asarray(names, dtype=object))

    def texts(self) -> Texts:
        """Return the column as text."""
        return self.names[self.codes]

    def code(self, name: str) -> int:
        """Return the number of ``name``; NONE when no row has it."""
        found = np.flatnonzero(self.names == name)
        return int(found[0]) if found.size else NONE

    def any_of(self, *names: str) -> Flags:
        """Return which rows are one of ``names``."""
        flags: Flags = np.isin(self.names, names)[self.codes] if len(self.names) else np.zeros(0, dtype=np.bool_)
        return flags


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

    @property
    def size(self) -> int:
        """How many spans there are."""
        return len(self.start)

    def ids(self, at: Ints) -> list[str]:
        """Return span ids as text."""
        return [f"{value:016x}" for value in self.span[at].tolist()]

    def ms(self, at: Ints) -> NDArray[np.float64]:
        """Return how long spans took, in milliseconds."""
        taken: NDArray[np.float64] = (self.end[at] - self.start[at]) / 1e6
        return taken


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some whole traces. ``calls`` has a row a call in the order of its spans, whose place is ``place``.

    ``repeats`` are further copies of calls that were stored more than once.
    """

    spans: Spans
    calls: Rows
    repeats: Rows

    def spread(self, name: str) -> Texts:
        """Return a text of the calls as a value a span, '' for spans that are none."""
        texts = np.full(self.spans.size, "", dtype=object)
        texts[self.calls["place"]] = self.calls[name]
        return texts
