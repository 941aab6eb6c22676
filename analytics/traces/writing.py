"""Writes what was computed of a chunk: runs of agents, summaries with what they replace, at last the index.

The index goes last: where a crash comes between, the trace is computed again from what the index still says, and the
same old key is deleted once more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analytics.traces.reading import Extent
from storage.engine import Engine
from storage.tables.structures import AGENT_RUNS, TRACE_INDEX, TRACE_SUMMARIES

HOUR_NS = 3600 * 10**9


def write_structures(
    engine: Engine,
    summaries: pd.DataFrame,
    runs: pd.DataFrame,
    extents: Sequence[Extent],
    former: Mapping[int, Extent],
    version: int,
) -> None:
    """Store the rows of traces in the order of ``extents``; ``former`` says by key where those known lay before."""
    rows = summaries.assign(version=np.uint64(version), deleted=np.uint8(0))
    before = [former.get(one.key, one).started for one in extents]
    moved = [at for at, one in enumerate(extents) if before[at] // HOUR_NS != one.started // HOUR_NS]
    if moved:
        gone = rows.iloc[moved].assign(deleted=np.uint8(1))
        gone["started_at"] = np.array([before[at] for at in moved], dtype="datetime64[ns]")
        rows = pd.concat([rows, gone])
    runs = runs.assign(version=np.uint64(version))
    engine.insert_frame("agent_runs", runs[list(AGENT_RUNS)], token=f"runs-{version}")
    engine.insert_frame("trace_summaries", rows[list(TRACE_SUMMARIES)], token=f"summaries-{version}")
    engine.insert_frame("trace_index", _index(extents, version)[list(TRACE_INDEX)], token=f"index-{version}")


def _index(extents: Sequence[Extent], version: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "trace": np.array([one.key for one in extents], dtype=np.uint64),
            "tenant": [one.tenant for one in extents],
            "started_at": np.array([one.started for one in extents], dtype="datetime64[ns]"),
            "ended_at": np.array([one.ended for one in extents], dtype="datetime64[ns]"),
            "spans": np.array([one.spans for one in extents], dtype=np.uint64),
            "version": np.uint64(version),
        }
    )
