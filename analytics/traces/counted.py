"""Which model calls of a chunk count, and which are another span's call again.

Most traces hold no two spans of one call; whether one may is seen from the columns, and only then is it looked at call
by call.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.traces.duplicates import duplicates
from analytics.traces.forest import NONE, Flags, Ints, nearest
from analytics.traces.reading import Chunk
from analytics.traces.sameness import Call, models_of


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
    """Work out the duplicates of every trace of the chunk."""
    rows = chunk.calls[chunk.calls["model_call"].to_numpy(dtype=np.bool_)]
    place = rows["place"].to_numpy(dtype=np.int64)
    marked = np.zeros(len(chunk.spans.start), dtype=np.bool_)
    marked[place] = True
    outer = nearest(chunk.spans.forest.parent, marked)[place]
    trace = chunk.spans.forest.trace[place]
    winner = np.full(len(place), NONE, dtype=np.int64)
    looked = np.isin(trace, _suspects(trace, outer, chunk.spans.scope[place], rows["response_id"]))
    if looked.any():
        chosen = np.flatnonzero(looked)
        calls = _calls(chunk, rows.iloc[chosen], outer[chosen])
        found: dict[int, int] = {}
        for piece in np.split(np.arange(len(calls)), np.flatnonzero(np.diff(trace[chosen])) + 1):
            found.update(duplicates([calls[number] for number in piece.tolist()]))
        winner[chosen] = [found.get(call.place, NONE) for call in calls]
    return Counted(place, winner)


def _suspects(trace: Ints, outer: Ints, scope: np.ndarray, response_id: pd.Series[str]) -> Ints:
    """Return the traces in which two spans may be one call: nested, of two instrumentations, or of equal ids."""
    frame = pd.DataFrame({"trace": trace, "scope": scope, "id": response_id.to_numpy(dtype=object)})
    known = frame[frame["id"] != ""]
    several = frame.groupby("trace")["scope"].nunique()
    return np.unique(
        np.concatenate(
            (
                trace[outer != NONE],
                several.index.to_numpy(dtype=np.int64)[several.to_numpy() > 1],
                known.loc[known.duplicated(["trace", "id"]), "trace"].to_numpy(dtype=np.int64),
            )
        )
    )


def _calls(chunk: Chunk, rows: pd.DataFrame, outer: Ints) -> list[Call]:
    spans, place = chunk.spans, rows["place"].to_numpy(dtype=np.int64)
    columns = (
        place.tolist(),
        outer.tolist(),
        spans.start[place].tolist(),
        spans.end[place].tolist(),
        (spans.failed[place] | rows["call_failed"].to_numpy(dtype=np.bool_)).tolist(),
        (rows["server"].to_numpy(dtype=np.bool_) | (spans.kind.codes[place] == spans.kind.code("Server"))).tolist(),
        rows["response_id"].tolist(),
        [models_of(*names) for names in zip(rows["request_model"], rows["response_model"], strict=True)],
        rows["tokens_in"].tolist(),
        rows["tokens_out"].tolist(),
        (rows["tokens_cached"] + rows["tokens_written"]).tolist(),
        spans.scope[place].tolist(),
        (rows["pd_role"] == "prefill").tolist(),
    )
    return [Call(*values) for values in zip(*columns, strict=True)]
