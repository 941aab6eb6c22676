"""Two inference engines and how they fare: what their servers would have counted, by worker and moment.

Load follows the working day. One worker of the first engine gets too much of it: its cache of keys and values fills up,
requests wait and are preempted. One worker of the second was restarted and is routed to badly ever since: its counters
begin anew and few prefixes are found in its cache.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from spanwarden.demo.cast import LLAMA
from spanwarden.demo.company import QWEN
from spanwarden.demo.rhythm import rates
from spanwarden.demo.roles import Stream

VLLM, SGLANG = "vllm", "sglang"
# Upper bounds (s) of the histograms, as vLLM has them.
TTFT_BOUNDS = (0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0, 20.0, 40.0)
GAP_BOUNDS = (0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5)
SPREAD = 0.45
TOKENS_IN, TOKENS_OUT = 1150, 210
BLOCK = 16

Series = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker: ``busy`` is its load at the day's top as a share of what it can do, ``prefixes`` the share of prompt
    tokens that its cache knows, ``accepted`` the share of drafted tokens that are taken."""

    engine: str
    name: str
    model: str
    region: str
    busy: float
    prefixes: float
    accepted: float
    ttft_s: float
    gap_s: float
    most_running: int
    restarts_at: float = 1.0  # share of the history


WORKERS = (
    Worker(VLLM, "vllm-0.internal:8000", LLAMA.name, "us-east-1", 0.66, 0.58, 0.74, 0.19, 0.021, 64),
    Worker(VLLM, "vllm-1.internal:8000", LLAMA.name, "us-east-1", 1.08, 0.55, 0.72, 0.20, 0.023, 64),
    Worker(SGLANG, "sglang-0.internal:30000", QWEN.name, "us-east-1", 0.61, 0.71, 0.66, 0.12, 0.015, 96),
    Worker(SGLANG, "sglang-1.internal:30000", QWEN.name, "us-east-1", 0.64, 0.13, 0.65, 0.15, 0.016, 96, 0.62),
)


@dataclass(frozen=True, slots=True)
class Shift:
    """What a worker showed at ``times_ns``: gauges as they were, counts as they grew in the step before."""

    worker: Worker
    times_ns: NDArray[np.int64]
    started_ns: NDArray[np.int64]
    running: Series
    waiting: Series
    kv_usage: Series
    requests: Series
    preemptions: Series
    prefix_queries: Series
    prefix_hits: Series
    drafted: Series
    accepted: Series
    ttft: Series  # [moments, bounds + 1], how many requests fell between two bounds
    ttft_sum: Series
    gap: Series
    gap_sum: Series

    def totals(self, grown: Series) -> Series:
        """Return a count as its server tells it: since its start."""
        whole = np.cumsum(grown, axis=0)
        again = self.started_ns != self.started_ns[0]
        before = whole[np.argmax(again) - 1] if again.any() else np.zeros_like(whole[0])
        return np.where(again if whole.ndim == 1 else again[:, None], whole - before, whole)


def shifts(start: datetime, minutes: int, step_s: int, seed: Sequence[int]) -> Iterator[Shift]:
    """Yield each worker's time from ``start``, a moment each ``step_s`` seconds."""
    moments = minutes * 60 // step_s
    times = round(start.timestamp() * 1e9) + (np.arange(moments, dtype=np.int64) + 1) * step_s * 10**9
    for number, worker in enumerate(WORKERS):
        yield _shift(worker, start, times, step_s, np.random.default_rng([*seed, number]))


def _shift(worker: Worker, start: datetime, times: NDArray[np.int64], step_s: int, rng: np.random.Generator) -> Shift:
    size = len(times)
    load = _load(worker, start, size, step_s, rng)
    over = np.maximum(0.0, load - 0.9)
    running = np.round(worker.most_running * np.minimum(1.0, load))
    waiting = rng.poisson(220.0 * over)
    kv_usage = np.clip(0.07 + 0.86 * load + rng.normal(0, 0.012, size), 0.02, 0.995)
    requests = rng.poisson(worker.most_running * np.minimum(load, 1.02) * step_s / 5.5).astype(float)
    slow = 1.0 + 9.0 * over
    ttft, ttft_sum = _histogram(requests, worker.ttft_s * slow * (1 + 0.6 * load), TTFT_BOUNDS, rng)
    gap, gap_sum = _histogram(requests * TOKENS_OUT, worker.gap_s * (1 + 0.5 * load), GAP_BOUNDS, rng)
    hits = np.clip(rng.normal(worker.prefixes, 0.02, size), 0.0, 1.0)
    if worker.restarts_at < 1.0:  # before, its cache was as good as its neighbour's
        hits = np.where(np.arange(size) < worker.restarts_at * size, np.clip(hits + 0.56, 0.0, 1.0), hits)
    queries = requests * (TOKENS_IN // BLOCK)
    drafted = requests * TOKENS_OUT * 1.4
    return Shift(
        worker,
        times,
        _started(worker, times),
        running,
        waiting.astype(float),
        kv_usage,
        requests,
        rng.poisson(np.maximum(0.0, kv_usage - 0.93) * step_s * 2.0).astype(float),
        queries,
        np.round(queries * hits),
        np.round(drafted),
        np.round(drafted * np.clip(rng.normal(worker.accepted, 0.015, size), 0.0, 1.0)),
        ttft,
        ttft_sum,
        gap,
        gap_sum,
    )


def _load(worker: Worker, start: datetime, size: int, step_s: int, rng: np.random.Generator) -> Series:
    """The day's rhythm, with a slow wander around it."""
    day = Stream("", worker.region, 1.0, ())
    by_minute = rates(day, start, size * step_s // 60 + 1)
    at = (np.arange(size) * step_s / 60).astype(int)
    wander = np.convolve(rng.normal(0, 1, size + 11), np.full(12, 1 / 12), "valid")
    return np.asarray(np.maximum(0.02, worker.busy * by_minute[at] * (1 + 0.12 * wander)))


def _histogram(
    amounts: Series, medians: Series, bounds: Sequence[float], rng: np.random.Generator
) -> tuple[Series, Series]:
    """Return how many of each moment's log-normal values fall between the bounds, and their sum (s)."""
    below = _normal((np.log(bounds)[None, :] - np.log(medians)[:, None]) / SPREAD)
    edges = np.column_stack([np.zeros(len(medians)), below, np.ones(len(medians))])
    counts = rng.multinomial(amounts.astype(np.int64), np.diff(edges, axis=1)).astype(float)
    return counts, amounts * medians * np.exp(SPREAD**2 / 2)


def _normal(z: Series) -> Series:
    """The normal distribution's share below z, to 1e-7 (Abramowitz and Stegun 26.2.17)."""
    t = 1 / (1 + 0.2316419 * np.abs(z))
    terms = (0.319381530, -0.356563782, 1.781477937, -1.821255978, 1.330274429)
    tail = np.exp(-z * z / 2) / np.sqrt(2 * np.pi) * sum(one * t ** (place + 1) for place, one in enumerate(terms))
    return np.asarray(np.where(z >= 0, 1 - tail, tail))


def _started(worker: Worker, times: NDArray[np.int64]) -> NDArray[np.int64]:
    long_ago = times[0] - 3600 * 10**9
    again = int(worker.restarts_at * len(times))
    return np.asarray(np.where(np.arange(len(times)) < again, long_ago, times[min(again, len(times) - 1)]))
