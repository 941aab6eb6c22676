"""The history as columns: one row a span, one array a property."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

ROOT = -1
NONE = -1


class Call(NamedTuple):
    """One row of ``Calls``."""

    stream: int
    step: int
    version: int
    start_ns: int
    end_ns: int
    ttft_ms: float
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    error: int
    user: int
    session: int
    content: int
    trace_high: int
    trace_low: int
    span: int
    parent: int


@dataclass(frozen=True, slots=True)
class Calls:
    """Spans of the demo. ``step`` is an index into cast.STEPS or ROOT; ``error`` into faults.ERRORS or NONE;
    ``content`` is a number that chooses the trace's texts, NONE where content is not captured; ``session`` is NONE
    where all that a user does within two hours is one; ids are never 0."""

    stream: NDArray[np.int16]
    step: NDArray[np.int16]
    version: NDArray[np.int16]
    start_ns: NDArray[np.int64]
    end_ns: NDArray[np.int64]
    ttft_ms: NDArray[np.float64]
    input_tokens: NDArray[np.int64]
    output_tokens: NDArray[np.int64]
    cached_tokens: NDArray[np.int64]
    error: NDArray[np.int16]
    user: NDArray[np.int64]
    session: NDArray[np.int64]
    content: NDArray[np.int64]
    trace_high: NDArray[np.uint64]
    trace_low: NDArray[np.uint64]
    span: NDArray[np.uint64]
    parent: NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.start_ns)

    def at(self, rows: NDArray[np.int64] | NDArray[np.bool_] | slice) -> Calls:
        """Return these rows."""
        return Calls(**{column.name: getattr(self, column.name)[rows] for column in fields(self)})

    def each(self) -> Iterator[Call]:
        """Yield the rows one by one."""
        return map(Call._make, zip(*(getattr(self, name).tolist() for name in Call._fields), strict=True))

    @property
    def duration_ms(self) -> NDArray[np.float64]:
        """How long each span took."""
        return np.asarray((self.end_ns - self.start_ns) / 1e6)


def rows_of(calls: Sequence[Call]) -> Calls:
    """Return these calls as columns."""
    columns = zip(*calls, strict=True) if calls else ((),) * len(Call._fields)
    kinds = {column.name: _dtype(str(column.type)) for column in fields(Calls)}
    named = zip(Call._fields, columns, strict=True)
    return Calls(**{name: np.array(values, dtype=kinds[name]) for name, values in named})


def _dtype(annotation: str) -> np.dtype[np.generic]:
    """Return the type that "NDArray[np.int16]" names."""
    return np.dtype(annotation.removeprefix("NDArray[np.").removesuffix("]"))


def join(parts: Sequence[Calls]) -> Calls:
    """Return the rows of all parts in the order in which the spans end, as exporters send them."""
    whole = Calls(
        **{column.name: np.concatenate([getattr(part, column.name) for part in parts]) for column in fields(Calls)}
    )
    return whole.at(np.lexsort((whole.span, whole.end_ns)))
