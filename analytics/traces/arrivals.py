"""What has come in: batches that were not there at the last look, the traces they touch, and which of those are due.

A batch is known by how many spans and calls of it were there. Its rows may appear with a time of ingest before a mark
already taken (the statement that stores them says the time when it begins), and its calls after its spans; so each look
goes back a while and compares. A trace whose root came in is due at once: what remains of it is rare. Others wait a
little for their root, so that a trace is not computed at each of its spans; a long one waits longer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from analytics.traces.reading import STEADY
from analytics.traces.rows import Extent
from storage.engine import Engine
from storage.structures import structures_sql
from storage.times import utc


@dataclass(frozen=True, slots=True)
class Batch:
    """A stored batch: its id, its rows by now, and when its first came in."""

    id: str
    spans: int
    calls: int
    first_at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """A touched trace, whether its root came in since it was last computed, and since when it waits."""

    extent: Extent
    rooted: bool
    since: datetime


class Arrivals:
    """Remembers what was seen, in memory: a restart looks at the last while again, which changes nothing."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._seen: dict[str, tuple[int, int]] = {}
        self._waiting: dict[int, Waiting] = {}

    @property
    def waiting(self) -> int:
        """How many traces are touched and not yet computed."""
        return len(self._waiting)

    def new(self, since: datetime) -> list[Batch]:
        """Return the batches from ``since`` on whose rows are not those seen, the first to come in first."""
        rows = self.engine.query(structures_sql("batches"), {"since": since}, STEADY).rows
        found = [Batch(name, spans, calls, utc(at)) for name, spans, calls, at in rows]
        there = {batch.id for batch in found}
        self._seen = {name: seen for name, seen in self._seen.items() if name in there}
        return [batch for batch in found if self._seen.get(batch.id) != (batch.spans, batch.calls)]

    def touch(self, batches: Sequence[Batch], now: datetime) -> None:
        """Note the traces that ``batches`` have spans of, and that the batches were seen."""
        asked = {"batches": [one.id for one in batches], "since": min(one.first_at for one in batches)}
        for key, tenant, trace_id, started, ended, spans, roots in self.engine.query(
            structures_sql("touched"), asked, STEADY
        ).rows:
            self._note(Waiting(Extent(key, tenant, trace_id, started, ended, spans), roots > 0, now))
        self._seen.update({one.id: (one.spans, one.calls) for one in batches})

    def due(self, now: datetime, patience: timedelta, spans_a_second: float) -> list[Extent]:
        """Take the traces to be computed now: the rooted, and those that waited ``patience`` or, if long, longer."""
        due = [one for one in self._waiting.values() if _is_due(one, now, patience, spans_a_second)]
        for one in due:
            del self._waiting[one.extent.key]
        return [one.extent for one in due]

    def put_back(self, extents: Iterable[Extent], now: datetime) -> None:
        """Note traces again whose computation failed."""
        for extent in extents:
            self._note(Waiting(extent, True, now))

    def _note(self, one: Waiting) -> None:
        before = self._waiting.get(one.extent.key)
        if before is not None:
            one = Waiting(together(before.extent, one.extent), before.rooted or one.rooted, before.since)
        self._waiting[one.extent.key] = one


def together(one: Extent, other: Extent) -> Extent:
    """Return the extent that holds both; of spans it knows how many at most."""
    started, ended = min(one.started, other.started), max(one.ended, other.ended)
    return replace(one, started=started, ended=ended, spans=one.spans + other.spans)


def _is_due(one: Waiting, now: datetime, patience: timedelta, spans_a_second: float) -> bool:
    longest = timedelta(seconds=one.extent.spans // spans_a_second)
    return now - one.since >= (longest if one.rooted else max(patience, longest))
