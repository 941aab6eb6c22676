"""Which model calls of a chunk count, and which are another span's call again.

Most traces hold no two spans of one call; whether one may is seen from the columns, and only then is it looked at call
by call.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.traces.duplicates import duplicates
from analytics.traces.forest import NONE, Flags, Ids, Ints, nearest
from analytics.traces.rows import Chunk, Rows
from analytics.traces.sameness import Call, models_of
from analytics.traces.strays import settle_strays


@dataclass(frozen=True, slots=True)
class Counted:
    """``place`` of each model call, and ``winner``: the place of the call that counts instead, NONE if it counts."""

    place: Ints
    winner: Ints

    def counts(self, size: int) -> Flags:
        """Return for each span whether it is a model call that counts."""
        flags = np.zeros(size, dtype=np.bool_)
        flags[self.place[self.winner == NONE]] = True
        return flags


def count_calls(chunk: Chunk) -> Counted:
    """Work out the duplicates of every trace of the chunk, and those that stand in two of its traces."""
    rows = chunk.calls.take(chunk.calls.flags("model_call"))
    place = rows["place"]
    marked = np.zeros(len(chunk.spans.start), dtype=np.bool_)
    marked[place] = True
    outer = nearest(chunk.spans.forest.parent, marked)[place]
    trace = chunk.spans.forest.trace[place]
    winner = np.full(len(place), NONE, dtype=np.int64)
    looked = np.isin(trace, _suspects(trace, outer, chunk.spans.scope[place], rows["response_hash"]))
    if looked.any():
        chosen = np.flatnonzero(looked)
        calls = _calls(chunk, rows.take(chosen), outer[chosen])
        found: dict[int, int] = {}
        for piece in np.split(np.arange(len(calls)), np.flatnonzero(np.diff(trace[chosen])) + 1):
            found.update(duplicates([calls[number] for number in piece.tolist()]))
        winner[chosen] = [found.get(call.place, NONE) for call in calls]
    settle_strays(chunk, rows, place, winner)
    return Counted(place, winner)


def _suspects(trace: Ints, outer: Ints, scope: Ids, response: Ids) -> Ints:
    """Return the traces in which two spans may be one call: nested, of two instrumentations, or of equal ids."""
    mixed = np.flatnonzero((trace[1:] == trace[:-1]) & (scope[1:] != scope[:-1]))
    known = np.flatnonzero(response)
    order = known[np.lexsort((response[known], trace[known]))]
    same = (trace[order[1:]] == trace[order[:-1]]) & (response[order[1:]] == response[order[:-1]])
    return np.unique(np.concatenate((trace[outer != NONE], trace[mixed], trace[order[1:][same]])))


def _calls(chunk: Chunk, rows: Rows, outer: Ints) -> list[Call]:
    spans, place = chunk.spans, rows["place"]
    columns = (
        place.tolist(),
        outer.tolist(),
        spans.start[place].tolist(),
        spans.end[place].tolist(),
        (spans.failed[place] | rows.flags("call_failed")).tolist(),
        (rows.flags("server") | (spans.kind.codes[place] == spans.kind.code("Server"))).tolist(),
        rows["response_id"].tolist(),
        _models(rows),
        rows["tokens_in"].tolist(),
        rows["tokens_out"].tolist(),
        (rows["tokens_cached"] + rows["tokens_written"]).tolist(),
        spans.scope[place].tolist(),
        rows.flags("prefill").tolist(),
    )
    return [Call(*values) for values in zip(*columns, strict=True)]


def _models(rows: Rows) -> list[frozenset[str]]:
    known: dict[tuple[str, str], frozenset[str]] = {}
    pairs = list(zip(rows["request_model"].tolist(), rows["response_model"].tolist(), strict=True))
    for pair in set(pairs):
        known[pair] = models_of(*pair)
    return [known[pair] for pair in pairs]
