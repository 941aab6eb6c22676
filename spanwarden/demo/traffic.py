"""Play the streams: requests arrive, take their steps one after the other, and some fail.

A model's call takes ttft + output tokens x time a token, with log-normal noise, so long outputs are slow without fault.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from spanwarden.demo.calls import NONE, ROOT, Calls, join
from spanwarden.demo.cast import STEPS, STREAMS
from spanwarden.demo.faults import ERROR_TYPES, Effect
from spanwarden.demo.rhythm import rates
from spanwarden.demo.roles import REGIONS, Step, Stream
from spanwarden.demo.slices import step_matches, stream_matches
from spanwarden.demo.workload import load_workload

MINUTE_NS = 60 * 10**9
USERS = 400
SESSION_NS = 2 * 3600 * 10**9
CACHED_SHARE = 0.3

Rows = NDArray[np.int64]


def play(start: datetime, minutes: int, effects: Sequence[Effect], seed: Sequence[int]) -> Calls:
    """Return the crowd's spans of ``minutes`` minutes from ``start``, in the order in which they end."""
    parts: list[Calls] = []
    for index, stream in enumerate(STREAMS):
        if stream.scene:
            continue
        rng = np.random.default_rng([*seed, index])
        parts.extend(_Playing(index, stream, start, minutes, effects, rng).spans())
    return join(parts)


@dataclass(slots=True)
class _Traces:
    """The requests of a stream while they run; ``clock`` is when each one's next step starts."""

    arrived: NDArray[np.int64]
    clock: NDArray[np.int64]
    alive: NDArray[np.bool_]
    error: NDArray[np.int16]
    version: NDArray[np.int16]
    user: NDArray[np.int64]
    content: NDArray[np.int64]
    high: NDArray[np.uint64]
    low: NDArray[np.uint64]
    root: NDArray[np.uint64]


class _Playing:
    """One stream's play."""

    def __init__(
        self,
        index: int,
        stream: Stream,
        start: datetime,
        minutes: int,
        effects: Sequence[Effect],
        rng: np.random.Generator,
    ) -> None:
        self.index, self.stream, self.start, self.minutes, self.rng = index, stream, start, minutes, rng
        self.start_ns = round(start.timestamp() * 1e9)
        self.effects = [effect for effect in effects if stream_matches(stream, effect.part)]

    def spans(self) -> Iterator[Calls]:
        """Yield the spans, a part for each place in the traces; the roots come last."""
        traces = self._arrive()
        for column in self._columns(len(traces.arrived)):
            for number in np.unique(column[column >= 0]):
                rows = np.flatnonzero((column == number) & traces.alive)
                if len(rows):
                    yield self._take(int(number), rows, traces)
        if self.stream.root:
            yield self._roots(traces)

    def _arrive(self) -> _Traces:
        rate = rates(self.stream, self.start, self.minutes)
        middle = self.start_ns + np.arange(self.minutes) * MINUTE_NS + MINUTE_NS // 2
        for effect in self.effects:
            if any(step_matches(step, effect.part) for step in self.stream.steps):
                rate = np.where((middle >= effect.start_ns) & (middle < effect.end_ns), rate * effect.traffic, rate)
        expected = np.concatenate([[0.0], np.cumsum(rate)])
        at = load_workload()[self.stream.arrivals].arrivals(self.rng, float(expected[-1]))
        minutes = np.interp(at, expected, np.arange(self.minutes + 1))
        arrived = self.start_ns + (minutes * MINUTE_NS).astype(np.int64)
        return self._strangers(arrived)

    def _strangers(self, arrived: NDArray[np.int64]) -> _Traces:
        size = len(arrived)
        ids = self.rng.integers(1, 2**63, size=(3, size), dtype=np.uint64)
        captured = self.rng.random(size) < self.stream.content_share
        user = np.minimum((self.rng.pareto(1.2, size) * 20).astype(np.int64), USERS - 1)
        version = self.rng.choice(len(self.stream.versions), size=size, p=[share for _, share in self.stream.versions])
        for effect in self.effects:
            if effect.version:
                number = [name for name, _ in self.stream.versions].index(effect.version)
                version = np.where((arrived >= effect.start_ns) & (arrived < effect.end_ns), number, version)
        return _Traces(
            arrived,
            arrived + self._lag(size, 2.0, 8.0) if self.stream.root else arrived.copy(),
            np.ones(size, dtype=np.bool_),
            np.full(size, NONE, dtype=np.int16),
            version.astype(np.int16),
            user,
            np.where(captured, self.rng.integers(0, 2**31, size), NONE),
            *ids,
        )

    def _columns(self, size: int) -> Iterator[NDArray[np.int64]]:
        """Yield, place by place in a trace, the number of the step that each trace takes there; -1 for none."""
        for step in self.stream.steps:
            yield np.full(size, STEPS.index(step))
        turns = self.rng.choice(len(self.stream.turns), size=size, p=self.stream.turns)
        tools = [STEPS.index(tool) for tool, _ in self.stream.tools]
        weights = [weight for _, weight in self.stream.tools]
        for turn in range(1, len(self.stream.turns)):
            yield np.where(turns >= turn, self.rng.choice(tools, size=size, p=weights), -1)
            yield np.where(turns >= turn, STEPS.index(self.stream.steps[-1]), -1)

    def _take(self, number: int, rows: Rows, traces: _Traces) -> Calls:
        step, size = STEPS[number], len(rows)
        started = traces.clock[rows]
        inside = [(effect, self._inside(effect, step, rows, traces)) for effect in self.effects]
        tokens = self._tokens(step, size, inside)
        ttft_ms, took_ms = self._pace(step, tokens[:, 1], inside)
        error = self._fail(step, size, inside)
        failed = error != NONE
        took_ms = np.where(failed, took_ms * self.rng.uniform(0.05, 1.0, size), took_ms)
        ended = started + (took_ms * 1e6).astype(np.int64)
        traces.clock[rows] = ended + self._lag(size, 3.0, 25.0)
        if step.operation != "execute_tool":  # an agent goes on after a tool has failed, nobody after a model has
            traces.alive[rows] = ~failed
            traces.error[rows] = error
        cached = np.where(self.rng.random(size) < CACHED_SHARE, tokens[:, 0] // 2, 0) if step.tokens else tokens[:, 0]
        return self._calls(
            rows,
            traces,
            step=np.full(size, number, dtype=np.int16),
            start_ns=started,
            end_ns=ended,
            ttft_ms=np.where(failed, np.nan, ttft_ms),
            input_tokens=tokens[:, 0],
            output_tokens=np.where(failed, 0, tokens[:, 1]),
            cached_tokens=np.where(failed, 0, cached),
            error=error,
            span=self.rng.integers(1, 2**63, size=size, dtype=np.uint64),
            parent=traces.root[rows] if self.stream.root else np.zeros(size, dtype=np.uint64),
        )

    def _roots(self, traces: _Traces) -> Calls:
        size = len(traces.arrived)
        nothing = np.zeros(size, dtype=np.int64)
        return self._calls(
            np.arange(size),
            traces,
            step=np.full(size, ROOT, dtype=np.int16),
            start_ns=traces.arrived,
            end_ns=traces.clock,
            ttft_ms=np.full(size, np.nan),
            input_tokens=nothing,
            output_tokens=nothing,
            cached_tokens=nothing,
            error=traces.error,
            span=traces.root,
            parent=np.zeros(size, dtype=np.uint64),
        )

    def _calls(self, rows: Rows, traces: _Traces, **columns: NDArray[np.generic]) -> Calls:
        return Calls(
            stream=np.full(len(rows), self.index, dtype=np.int16),
            version=traces.version[rows],
            user=traces.user[rows],
            session=np.full(len(rows), NONE, dtype=np.int64),
            content=traces.content[rows],
            trace_high=traces.high[rows],
            trace_low=traces.low[rows],
            **columns,  # type: ignore[arg-type]
        )

    def _inside(self, effect: Effect, step: Step, rows: Rows, traces: _Traces) -> NDArray[np.bool_]:
        """Which of these rows an effect changes: by the step, by the version, by when the step starts."""
        if not step_matches(step, effect.part):
            return np.zeros(len(rows), dtype=np.bool_)
        at = traces.clock[rows]
        hit = (at >= effect.start_ns) & (at < effect.end_ns)
        if "service_version" in effect.part:
            names = [name for name, _ in self.stream.versions]
            wanted = effect.part["service_version"]
            hit &= traces.version[rows] == (names.index(wanted) if wanted in names else NONE)
        return hit

    def _tokens(self, step: Step, size: int, inside: list[tuple[Effect, NDArray[np.bool_]]]) -> NDArray[np.int64]:
        if not step.tokens:
            return np.zeros((size, 2), dtype=np.int64)
        tokens = load_workload()[step.tokens].draw(self.rng, size)
        if step.operation == "embeddings":
            return np.column_stack([np.minimum(tokens[:, 0], 300), np.zeros(size, dtype=np.int64)])
        for effect, hit in inside:
            tokens[:, 1] = np.where(hit, tokens[:, 1] * effect.outputs, tokens[:, 1])
        tokens[:, 1] = np.clip(tokens[:, 1], step.least_output, step.most_output)
        return tokens

    def _pace(
        self, step: Step, outputs: NDArray[np.int64], inside: list[tuple[Effect, NDArray[np.bool_]]]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return (time to first token, whole duration) in ms."""
        size = len(outputs)
        factor = np.ones(size)
        for effect, hit in inside:
            factor = np.where(hit, factor * effect.latency, factor)
        noise = factor * self.rng.lognormal(0.0, step.spread, size)
        if step.model is None:
            return np.full(size, np.nan), step.median_ms * noise
        noise *= REGIONS[self.stream.region].slowness
        first = step.model.ttft_ms * noise * self.rng.lognormal(0.0, 0.2, size)
        ttft_ms = first if step.operation == "chat" else np.full(size, np.nan)
        return ttft_ms, first + outputs * step.model.token_ms * noise

    def _fail(self, step: Step, size: int, inside: list[tuple[Effect, NDArray[np.bool_]]]) -> NDArray[np.int16]:
        """Draw which calls fail and with what: an index into ERROR_TYPES, or NONE."""
        rate = np.full(size, step.error_rate)
        error = self.rng.integers(0, len(ERROR_TYPES), size)
        for effect, hit in inside:
            if effect.failure_rate is not None:
                rate = np.where(hit, effect.failure_rate, rate)
                error = np.where(hit, ERROR_TYPES.index(effect.error_type), error)
        failed = self.rng.random(size) < rate
        for effect, hit in inside:
            if effect.one_failure and hit.any():
                failed[self.rng.choice(np.flatnonzero(hit)[:10])] = True
        return np.where(failed, error, NONE).astype(np.int16)

    def _lag(self, size: int, least_ms: float, most_ms: float) -> NDArray[np.int64]:
        return (self.rng.uniform(least_ms, most_ms, size) * 1e6).astype(np.int64)
