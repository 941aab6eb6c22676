"""Writes what was computed of a chunk: runs of agents, summaries with what they replace, at last the index.

The index goes last: where a crash comes between, the trace is computed again from what the index still says, and the
same old key is deleted once more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from analytics.traces.rows import Extent
from analytics.traces.summaries import Columns
from storage.columnar import write_columns
from storage.engine import Engine
from storage.tables.structures import AGENT_RUNS, TRACE_INDEX, TRACE_SUMMARIES

HOUR_NS = 3600 * 10**9


def write_structures(
    engine: Engine,
    summaries: Columns,
    runs: Columns,
    extents: Sequence[Extent],
    former: Mapping[int, Extent],
    version: int,
) -> None:
    """Store the rows of traces in the order of ``extents``; ``former`` says by key where those known lay before."""
    _write(engine, "agent_runs", tuple(AGENT_RUNS), runs, version)
    _write(engine, "trace_summaries", tuple(TRACE_SUMMARIES), _with_moved(summaries, extents, former), version)
    _write(engine, "trace_index", tuple(TRACE_INDEX), _index(extents), version)


def _write(engine: Engine, table: str, names: Sequence[str], columns: Columns, version: int) -> None:
    size = len(columns["tenant"])
    own = {name: _values(column) for name, column in {**columns, "version": [version] * size}.items()}
    write_columns(engine, table, {name: own[name] for name in names}, token=f"{table}-{version}")


def _with_moved(rows: Columns, extents: Sequence[Extent], former: Mapping[int, Extent]) -> Columns:
    """Return the rows, and a deleted one under the old key of each trace whose start is in another hour than before."""
    before = [former.get(one.key, one).started for one in extents]
    moved = [at for at, one in enumerate(extents) if before[at] // HOUR_NS != one.started // HOUR_NS]
    values = {name: _values(column) for name, column in rows.items()}
    gone = {name: [column[at] for at in moved] for name, column in values.items()}
    gone["started_at"] = [before[at] for at in moved]
    flags = [0] * len(extents) + [1] * len(moved)
    return {**{name: [*values[name], *gone[name]] for name in values}, "deleted": flags}


def _index(extents: Sequence[Extent]) -> Columns:
    return {
        "trace": [one.key for one in extents],
        "tenant": [one.tenant for one in extents],
        "started_at": [one.started for one in extents],
        "ended_at": [one.ended for one in extents],
        "spans": [one.spans for one in extents],
    }


def _values(column: Sequence[object] | np.ndarray) -> Sequence[object]:
    """Return a column as values of Python, which the client writes fastest."""
    values: Sequence[object] = column.tolist() if isinstance(column, np.ndarray) else column
    return values
