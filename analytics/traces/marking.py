"""Marks the duplicates of a chunk in ``llm_calls`` and takes them out of the sums, each exactly once.

What is stored is compared with what was worked out, and only the difference is corrected, in either direction: a call
that late spans show to be one of its own counts again.
"""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from analytics.traces.counted import Counted
from analytics.traces.forest import NONE, Flags, Ids, Ints
from analytics.traces.rows import Chunk
from storage.corrections import Correction, Step, apply, change_calls
from storage.engine import Engine
from storage.structures import structures_sql

KIND = "duplicates"
DAY_NS = 86_400 * 10**9
COUNTS = np.uint64(0)


def mark_duplicates(engine: Engine, chunk: Chunk, counted: Counted, version: int) -> int:
    """Bring ``llm_calls`` and its sums to what was worked out; return how many calls changed. Raises StoreError."""
    first, again = _changed(chunk, counted), _repeated(chunk)
    place, keys, wanted = (np.concatenate(pair) for pair in zip(first, again, strict=True))
    name = f"{KIND}-{version}"
    steps: list[Step] = []
    days = chunk.spans.start[place] // DAY_NS
    for day in np.unique(days).tolist():
        of_day = days == day
        steps += _steps(name, day, chunk, place[of_day], keys[of_day], wanted[of_day])
    apply(engine, Correction(name, KIND, tuple(steps)))
    return len(place)


def _steps(name: str, day: int, chunk: Chunk, place: Ints, keys: Ids, wanted: Ids) -> tuple[Step, ...]:
    start = chunk.spans.start[place]
    parameters = {
        "keys": keys.tolist(),
        "wanted": wanted.tolist(),
        "started": int(start.min()),
        "ended": int(start.max()),
    }
    at = datetime.fromtimestamp(day * 86_400, UTC).date()
    return change_calls(
        name, at, structures_sql("changed_calls"), structures_sql("mark_calls"), parameters, lightly=True
    )


def _changed(chunk: Chunk, counted: Counted) -> tuple[Ints, Ids, Ids]:
    """Return place, key and wanted mark of the calls whose mark is not what was worked out."""
    rows = chunk.calls.take(chunk.calls.flags("model_call"))
    wanted = np.full(rows.size, COUNTS)
    lost = counted.winner != NONE
    wanted[lost] = chunk.spans.span[counted.winner[lost]]
    return _where(rows["marked"] != wanted, counted.place, rows["key"].astype(np.uint64), wanted)


def _repeated(chunk: Chunk) -> tuple[Ints, Ids, Ids]:
    """The further copies of a call that was stored more than once: each is the duplicate of its own first copy.

    Copies in one batch cannot be told from each other, and stay.
    """
    rows, place = chunk.repeats, chunk.repeats["place"]
    own, keys = chunk.spans.span[place], rows["key"].astype(np.uint64)
    first = np.zeros(chunk.spans.size, dtype=np.uint64)
    first[chunk.calls["place"]] = chunk.calls["key"]
    differs = rows.flags("model_call") & (rows["marked"] != own)
    return _where(differs & (keys != first[place]), place, keys, own)


def _where(flags: Flags, place: Ints, keys: Ids, wanted: Ids) -> tuple[Ints, Ids, Ids]:
    return place[flags], keys[flags], wanted[flags]
