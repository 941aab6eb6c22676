"""Inference servers by worker: how long the queue is, how fast tokens come, how full and how useful the caches are.

What is measured is named alike for every engine (``storage/inference``), so that one page shows a mixed fleet.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dashboard.address import Scope, Window
from dashboard.read.sql import sql
from storage.engine import Engine

QUANTILES = {"p50": 0.5, "p90": 0.9, "p99": 0.99}


@dataclass(frozen=True, slots=True)
class Gauge:
    """A level over the window."""

    now: float
    mean: float
    most: float


@dataclass(frozen=True, slots=True)
class Spread:
    """A time in milliseconds over the window's requests. Quantiles are None where only sums are told."""

    count: int
    mean: float
    p50: float | None = None
    p90: float | None = None
    p99: float | None = None


@dataclass(frozen=True, slots=True)
class Worker:
    """One worker. ``gauges``, ``rises`` (of counters) and ``times`` are by measure; what was not told is not there."""

    engine: str
    service: str
    worker: str
    model: str
    role: str
    at: datetime
    gauges: Mapping[str, Gauge] = field(default_factory=dict)
    rises: Mapping[str, float] = field(default_factory=dict)
    times: Mapping[str, Spread] = field(default_factory=dict)

    @property
    def prefix_hit_share(self) -> float | None:
        """Which share of the prompts' tokens was in the cache."""
        return self._share("prefix_hits", "prefix_queries", "prefix_hit_share")

    @property
    def accepted_share(self) -> float | None:
        """Which share of the speculated tokens was right."""
        return self._share("accepted_tokens", "drafted_tokens", "accepted_share")

    def _share(self, part: str, whole: str, told: str) -> float | None:
        if self.rises.get(whole):
            return self.rises.get(part, 0.0) / self.rises[whole]
        return self.gauges[told].mean if told in self.gauges else None


def read_workers(engine: Engine, window: Window, scope: Scope) -> list[Worker]:
    """Return every worker that told anything in the window, by engine, service, worker and model."""
    asked = {"start": window.start, "end": window.end, **scope.parameters()}
    found: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in engine.query(sql("inference"), asked).dicts():
        key = (row["engine"], row["service"], row["worker"], row["model"])
        found.setdefault(key, []).append(row)
    return [_worker(rows) for rows in found.values()]


def quantile(share: float, bounds: Sequence[float], counts: Sequence[int]) -> float | None:
    """Return a quantile of a histogram, straight within its bucket (Prometheus, ``histogram_quantile``).

    What lies above the last bound is said to be the last bound. None without counts.
    """
    total = sum(counts)
    if not total or not bounds:
        return None
    wanted, below = share * total, 0.0
    for number, held in enumerate(counts):
        if below + held >= wanted and held:
            if number >= len(bounds):
                return bounds[-1]
            low = bounds[number - 1] if number else min(0.0, bounds[0])
            return low + (bounds[number] - low) * (wanted - below) / held
        below += held
    return bounds[-1]


def _worker(rows: Sequence[Mapping[str, Any]]) -> Worker:
    first = rows[0]
    rises = {row["measure"]: float(row["rise"]) for row in rows if row["kind"] == "counter"}
    times = {row["measure"]: _spread(row) for row in rows if row["kind"] == "histogram" and row["times"]}
    for total, measure in (("queue_total_ms", "queue_ms"), ("e2e_total_ms", "e2e_ms")):
        if total in rises and measure not in times and (requests := rises.get("requests")):
            times[measure] = Spread(int(requests), rises[total] / requests)
    gauges = {
        row["measure"]: Gauge(row["now"], row["mean"], row["most"])
        for row in rows
        if row["kind"] == "gauge" and math.isfinite(row["mean"])
    }
    return Worker(
        engine=first["engine"],
        service=first["service"],
        worker=first["worker"],
        model=first["model"],
        role=first["its_role"],
        at=max(row["last_at"] for row in rows),
        gauges=gauges,
        rises=rises,
        times=times,
    )


def _spread(row: Mapping[str, Any]) -> Spread:
    bounds, counts = row["limits"], [int(count) for count in row["filled"]]
    shares = {name: quantile(share, bounds, counts) for name, share in QUANTILES.items()}
    return Spread(int(row["times"]), float(row["rise"]) / int(row["times"]), **shares)
