"""Calls that stand in a trace of their own although another trace has them too.

LiteLLM writes a stream from a thread that lost the application's trace: its span is the root of another one. That both
are one call is said by the answer's id alone, so the two traces are computed together, whichever came in first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from analytics.traces.forest import NONE, Ints
from analytics.traces.rows import Chunk, Extent, Rows
from storage.engine import Engine
from storage.structures import structures_sql

# How far apart in time the two spans of one call may begin.
APART_NS = 300 * 10**9
MOST_STRAYS = 20_000
STEADY = {"max_threads": 1}


def traces_beside(engine: Engine, wanted: Sequence[Extent]) -> Mapping[int, Extent]:
    """Return by key the computed traces that share a stray call with the wanted ones, and are not among them.

    One that was never computed is not waited for: when it is, it finds these. Raises StoreError.
    """
    asked = {
        "started": min(one.started for one in wanted) - APART_NS,
        "ended": max(one.ended for one in wanted) + APART_NS,
    }
    ids = [row[0] for row in engine.query(structures_sql("strays"), {**asked, "most": MOST_STRAYS}, STEADY).rows]
    if not ids:
        return {}
    names = _sharing(engine.query(structures_sql("answered"), {**asked, "ids": ids}, STEADY).rows, wanted)
    rows = engine.query(structures_sql("extents"), {"traces": list(names)}, STEADY).rows if names else []
    return {key: Extent(key, *names[key], started, ended, spans) for key, started, ended, spans in rows}


def _sharing(rows: Sequence[tuple[str, str, str, int]], wanted: Sequence[Extent]) -> Mapping[int, tuple[str, str]]:
    """Return tenant and id, by key, of the traces that share an answer with a wanted one and are not wanted."""
    own = {one.key for one in wanted}
    traces: dict[tuple[str, str], dict[int, tuple[str, str]]] = defaultdict(dict)
    for tenant, response_id, trace_id, key in rows:
        traces[tenant, response_id][key] = (tenant, trace_id)
    shared = [found for found in traces.values() if own & found.keys()]
    return {key: name for found in shared for key, name in found.items() if key not in own}


def settle_strays(chunk: Chunk, rows: Rows, place: Ints, winner: Ints) -> None:
    """Find for each stray call that still counts the call of another trace that it is; write it into ``winner``.

    ``rows`` are the model calls and ``place`` their spans. Of the two, the one that knows its usage counts, else the
    one in the application's trace.
    """
    stray = rows.flags("stray") & (rows["response_hash"] != 0)
    if not stray.any():
        return
    used = np.isfinite(rows["tokens_in"]) | np.isfinite(rows["tokens_out"])
    known = _by_answer(chunk, rows, place, (winner == NONE) & (rows["response_hash"] != 0))
    for calls in known.values():
        for at in (one for one in calls if stray[one]):
            partner = _partner(chunk, place, at, [one for one in calls if not stray[one]], used)
            if partner != NONE:
                loser, counts = (partner, at) if used[at] and not used[partner] else (at, partner)
                winner[winner == place[loser]] = place[counts]
                winner[loser] = place[counts]


def _by_answer(chunk: Chunk, rows: Rows, place: Ints, counting: np.ndarray) -> Mapping[tuple[str, int], list[int]]:
    """Return the calls that count by tenant and hash of the answer's id."""
    trace = chunk.spans.forest.trace[place]
    known: dict[tuple[str, int], list[int]] = defaultdict(list)
    for at in np.flatnonzero(counting).tolist():
        known[chunk.spans.traces[trace[at]].tenant, int(rows["response_hash"][at])].append(at)
    return known


def _partner(chunk: Chunk, place: Ints, at: int, others: Sequence[int], used: np.ndarray) -> int:
    """Return which of the others, in other traces, the stray call ``at`` is; NONE without one."""
    trace, start, span = chunk.spans.forest.trace[place], chunk.spans.start[place], chunk.spans.span[place]
    near = [one for one in others if trace[one] != trace[at] and abs(int(start[one]) - int(start[at])) <= APART_NS]
    return min(near, key=lambda one: (not used[one], int(start[one]), int(span[one])), default=NONE)
