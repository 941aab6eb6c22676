"""Keeps the structures above the span as the spans say they are; a job with a turn every few seconds.

    batches that came in ─> traces they touch ─> due ─> all their spans ─> duplicates ─> llm_calls, sums
                                                                     └─> summaries, runs of agents, index

A trace is always computed from all of its spans that are stored, so the tables are a function of the spans: neither the
order nor the time in which they came in matters, and computing again changes nothing. Two lanes: what comes in now, and
what was in the store before this job first ran; the second gets what the first leaves of a turn's time.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from analytics.traces.agents import agent_runs
from analytics.traces.arrivals import Arrivals, Batch, together
from analytics.traces.counted import count_calls
from analytics.traces.loops import find_loops
from analytics.traces.marking import mark_duplicates
from analytics.traces.reading import MOST_SPANS, STEADY, read_chunk
from analytics.traces.roles import assign_roles
from analytics.traces.rows import Chunk, Extent
from analytics.traces.strays import traces_beside
from analytics.traces.summaries import summaries
from analytics.traces.writing import write_structures
from storage.corrections import one_correction_at_a_time
from storage.engine import Engine
from storage.errors import StoreError
from storage.marks import LONG_AGO, read_mark, write_mark
from storage.structures import structures_sql

logger = logging.getLogger(__name__)

LIVE, BEGUN, BEFORE = "structures", "structures-begun", "structures-before"
HOUR_NS = 3600 * 10**9


@dataclass(frozen=True, slots=True)
class StructuresConfig:
    """``patience``: how long a trace without its root is waited for. ``behind``: how far each look goes back, longer
    than any statement that stores a batch. ``chunk_spans``: how many spans are computed at once. ``turn_seconds``: when
    a turn begins no further chunk. ``spans_a_second``: a trace of n spans is computed every n / so many seconds.
    """

    patience: timedelta = timedelta(seconds=10)
    behind: timedelta = timedelta(seconds=300)
    chunk_spans: int = 100_000
    turn_seconds: float = 2.0
    spans_a_second: float = 1000.0


class Structures:
    """Computes the structures of one store; ``tick`` may be called from one thread at a time."""

    def __init__(
        self, engine: Engine, config: StructuresConfig | None = None, clock_ns: Callable[[], int] = time.time_ns
    ) -> None:
        self.engine = engine
        self.config = config or StructuresConfig()
        self._clock_ns = clock_ns
        self._live, self._before = Arrivals(engine), Arrivals(engine)
        self._guard = threading.Lock()

    def tick(self, now: datetime) -> int:
        """Compute what has come in up to ``now`` (aware UTC) and is due; return how many traces that were."""
        with self._guard:
            until = time.monotonic() + self.config.turn_seconds
            begun = self._begun(now)
            done = self._look(LIVE, self._live, now, until, begun, None)
            return done + self._look(BEFORE, self._before, now, until, LONG_AGO, begun)

    def settle(self, now: datetime) -> int:
        """Compute all that is stored, waiting for nothing; return how many traces that were."""
        patient, self.config = (
            self.config,
            replace(self.config, patience=timedelta(0), spans_a_second=1e12, turn_seconds=1e9),
        )
        try:
            return self.tick(now)
        finally:
            self.config = patient

    def _begun(self, now: datetime) -> datetime:
        """Return when this job first ran on the store, less a while."""
        begun = read_mark(self.engine, BEGUN)
        if begun == LONG_AGO:
            begun = now - self.config.behind
            write_mark(self.engine, BEGUN, begun, self._clock_ns())
        return begun

    def _look(
        self, lane: str, arrivals: Arrivals, now: datetime, until: float, first: datetime, last: datetime | None
    ) -> int:
        """Go on in one lane, among batches that came in from ``first`` and before ``last``."""
        mark = read_mark(self.engine, lane)
        if last is not None and mark >= last:
            return 0
        since = max(first, mark - self.config.behind)
        batches = [one for one in arrivals.new(since) if last is None or one.first_at < last]
        done = 0
        for some in _pieces(batches, self.config.chunk_spans):
            if time.monotonic() > until:
                return done
            arrivals.touch(some, now)
            done += self._compute(arrivals, now)
            self._mark(lane, mark, some[-1].first_at)
        done += self._compute(arrivals, now)
        if last is not None and not arrivals.waiting:
            self._mark(lane, mark, last)
        return done

    def _mark(self, lane: str, before: datetime, at: datetime) -> None:
        if at > before:
            write_mark(self.engine, lane, at, self._clock_ns())

    def _compute(self, arrivals: Arrivals, now: datetime) -> int:
        due = arrivals.due(now, self.config.patience, self.config.spans_a_second)
        left = {one.key: one for one in due}
        try:
            known = self._known(due)
            for group in _groups(due, known, self.config.chunk_spans):
                for one in self._chunks(group, known):
                    del left[one.key]
        finally:
            arrivals.put_back(left.values(), now)
        return len(due)

    def _chunks(self, group: Sequence[Extent], known: dict[int, Extent]) -> Sequence[Extent]:
        """Compute a group, in halves where that fails: one trace that cannot be computed must not hold up others."""
        try:
            self._chunk(group, known)
        except StoreError:
            raise
        except Exception as error:
            if len(group) == 1:
                # The text of an error can quote a span: only its type is said.
                logger.error("structures of trace %s left out (%s)", group[0].trace_id, type(error).__name__)
                logger.debug("structures", exc_info=True)
            else:
                half = len(group) // 2
                self._chunks(group[:half], known)
                self._chunks(group[half:], known)
        return group

    def _known(self, due: Sequence[Extent]) -> dict[int, Extent]:
        """Return where the traces lay when they were last computed, by key."""
        if not due:
            return {}
        by_key = {one.key: one for one in due}
        rows = self.engine.query(structures_sql("extents"), {"traces": list(by_key)}, STEADY).rows
        return {
            key: replace(by_key[key], started=started, ended=ended, spans=spans) for key, started, ended, spans in rows
        }

    def _chunk(self, group: Sequence[Extent], known: dict[int, Extent]) -> None:
        wanted = [together(one, known[one.key]) if one.key in known else one for one in group]
        beside = traces_beside(self.engine, wanted)
        wanted, known = [*wanted, *beside.values()], {**known, **beside}
        version = self._clock_ns()
        # What a correction under way changes of these calls is waited for; it would be compared with what was read.
        with one_correction_at_a_time():
            chunk = read_chunk(self.engine, wanted)
            if chunk is None:
                return
            counted = count_calls(chunk)
            mark_duplicates(self.engine, chunk, counted, version)
        roles = assign_roles(chunk, counted)
        runs = agent_runs(chunk, roles, find_loops(self.engine, chunk, roles))
        write_structures(self.engine, summaries(chunk, roles), runs, _extents(chunk), known, version)


def _extents(chunk: Chunk) -> list[Extent]:
    """Return where the traces of a chunk lie by the spans that are there."""
    spans, trace = chunk.spans, chunk.spans.forest.trace
    first = np.flatnonzero(np.diff(trace, prepend=-1))
    ended = np.maximum.reduceat(spans.end, first).tolist()
    amounts = np.bincount(trace).tolist()
    starts = spans.start[first].tolist()
    return [
        replace(one, started=starts[number], ended=ended[number], spans=amounts[number])
        for number, one in enumerate(spans.traces)
    ]


def _pieces(batches: Sequence[Batch], most: int) -> Iterator[list[Batch]]:
    """Cut batches into runs of about ``most`` spans."""
    piece: list[Batch] = []
    held = 0
    for batch in batches:
        if piece and held + batch.spans > most:
            yield piece
            piece, held = [], 0
        piece.append(batch)
        held += batch.spans
    if piece:
        yield piece


def _groups(due: Sequence[Extent], known: dict[int, Extent], most: int) -> Iterator[list[Extent]]:
    """Cut traces into groups that lie close in time and have about ``most`` spans: one read serves a group."""

    def whole(one: Extent) -> Extent:
        return together(one, known[one.key]) if one.key in known else one

    group: list[Extent] = []
    held, begins = 0, 0
    for one in sorted(due, key=lambda one: whole(one).started):
        size, begin = min(whole(one).spans, MOST_SPANS), whole(one).started
        if group and (held + size > most or begin - begins > HOUR_NS):
            yield group
            group, held = [], 0
        if not group:
            begins = begin
        group.append(one)
        held += size
    if group:
        yield group
