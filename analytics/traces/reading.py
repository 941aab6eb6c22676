"""Reads whole traces out of the store, as arrays that structures are computed from.

A span that was sent twice counts once: the first of its copies in a fixed order, so that it matters neither when nor
in which order copies come in.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analytics.traces.forest import Ids, grow, places
from analytics.traces.rows import Chunk, Extent, Rows, Spans, Words
from storage.columnar import read_columns
from storage.engine import Engine
from storage.structures import structures_sql

# Of a trace with more spans the first ones count: whoever never ends a trace must not make each look at it dearer.
MOST_SPANS = 200_000
# For so many traces the index of ids is asked; for more it would be no faster than to look at all spans of the time.
FEW = 200
STEADY = {"max_threads": 1}
CUT = "\nORDER BY trace, start, span, duration, parent LIMIT {most:UInt64} BY trace"
NUMBERS = ("id", "key", "response_hash", "marked", "model_call", "server", "prefill", "stray", "call_failed",
           "tokens_in", "tokens_out", "tokens_cached", "tokens_written", "cost_usd")  # fmt: skip
TEXTS = ("operation", "provider", "model", "request_model", "response_model", "response_id", "server_address",
         "agent_name", "workflow_name", "tool_name", "data_source", "session_id", "user_id", "environment",
         "error_type")  # fmt: skip
NO_CALLS = {**{name: np.empty(0) for name in NUMBERS}, **{name: np.empty(0, dtype=object) for name in TEXTS}}


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
    }
    cut = CUT if max(one.spans for one in extents) > MOST_SPANS else ""
    found = read_columns(engine, structures_sql("spans") + cut, {**asked, "most": MOST_SPANS}, STEADY)
    if not found:
        return None
    rows = _once(Rows(found))
    spans = _spans(rows, known)
    calls = Rows(read_columns(engine, structures_sql("calls"), asked, STEADY) or NO_CALLS)
    return Chunk(spans, *_placed(calls, rows["id"]))


def _once(rows: Rows) -> Rows:
    """Return each span once, in the order of trace, start, id."""
    order = np.lexsort((rows["parent"], rows["duration"], rows["span"], rows["start"], rows["trace"]))
    ids = rows["id"][order]
    _, first = np.unique(ids, return_index=True)
    return rows.take(order if len(first) == len(ids) else order[np.sort(first)])


def _spans(rows: Rows, known: dict[int, Extent]) -> Spans:
    keys, first = np.unique(rows["trace"], return_index=True)
    trace = np.zeros(rows.size, dtype=np.int64)
    trace[first[1:]] = 1
    forest = grow(np.cumsum(trace), rows["id"], rows["parent"], rows["named"].astype(np.bool_))
    return Spans(
        [known[key] for key in keys.tolist()],
        forest,
        rows["span"],
        rows["start"],
        rows["start"] + rows["duration"],
        rows["failed"].astype(np.bool_),
        rows["redactions"].astype(np.int64),
        rows["scope"],
        Words.of(rows["kind"]),
        Words.of(rows["service"]),
        Words.of(rows["name"]),
    )


def _placed(calls: Rows, ids: Ids) -> tuple[Rows, Rows]:
    """Return the calls in the order of their spans, each once, and further copies; ``place`` is the span's."""
    own = calls["id"].astype(np.uint64)
    place = places(ids, own)
    order = np.argsort(place, kind="stable")
    order = order[place[order] >= 0]
    again = np.zeros(len(order), dtype=np.bool_)
    again[1:] = place[order[1:]] == place[order[:-1]]
    calls = calls.having("place", place)
    return calls.take(order[~again]), calls.take(order[again])
