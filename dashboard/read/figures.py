"""Home's six figures and their series, from the one-minute roll-up; the cost does not grow with spans.

They speak of model calls only: the spans of an agent and of its tools repeat the tokens, the cost and the time of the
model calls inside them, and would count them twice. An incident of another operation asks for ``every`` call.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from dashboard.address import Scope, Window
from dashboard.read.sql import sql
from storage.engine import Engine

POINTS = 96
STEPS = (60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
FIGURES = ("requests", "failures", "p95", "ttft", "tokens", "cost")
UNITS = {
    "requests": "calls",
    "failures": "share",
    "p50": "ms",
    "p95": "ms",
    "ttft": "ms",
    "tokens": "tokens",
    "cost": "USD",
}


@dataclass(frozen=True, slots=True)
class Part:
    """Which calls beyond the scope: one operation, one region, or calls of every kind."""

    operation: str = ""
    region: str = ""
    every: bool = False


@dataclass(frozen=True, slots=True)
class Bucket:
    """One step of time. Milliseconds are None when no call could carry them."""

    at: datetime
    requests: int
    failed: int
    tokens_in: int
    tokens_out: int
    cost: float
    p50: float | None
    p95: float | None
    ttft: float | None

    @property
    def tokens(self) -> int:
        """Input and output together."""
        return self.tokens_in + self.tokens_out

    @property
    def failures(self) -> float | None:
        """The share of calls that failed."""
        return self.failed / self.requests if self.requests else None

    def value(self, figure: str) -> float | None:
        """Return the figure by its name in ``FIGURES`` (or p50)."""
        value: float | None = getattr(self, figure)
        return value


def step_seconds(window: Window, points: int = POINTS) -> int:
    """Return the finest step that keeps a series near ``points`` points."""
    wanted = window.length.total_seconds() / points
    return next((step for step in STEPS if step >= wanted), STEPS[-1])


def moments(window: Window, step: int) -> list[datetime]:
    """Return the start of each step that touches the window, as the roll-up's queries cut them."""
    first = int(window.start.timestamp()) // step * step
    return [datetime.fromtimestamp(at, UTC) for at in range(first, int(window.end.timestamp()), step)]


@dataclass(frozen=True, slots=True)
class Figures:
    """A window's figures: as one bucket, by step, and by step for each model asked for.

    A step without calls is absent, so that gaps stay gaps. Quantiles are merged, not averaged.
    """

    total: Bucket
    buckets: Sequence[Bucket]
    models: Mapping[str, Sequence[Bucket]]


def read_figures(
    engine: Engine, window: Window, scope: Scope, step: int, part: Part = Part(), models: Sequence[str] = ()
) -> Figures:
    """Return everything at once: it costs one pass over the roll-up."""
    asked = {"operation": part.operation, "region": part.region, "every": int(part.every), "step": step}
    bound = {**_bounds(window), **scope.parameters(), **asked, "models": list(models)}
    total, buckets = Bucket(window.start, 0, 0, 0, 0, 0.0, None, None, None), []
    by_model: dict[str, list[Bucket]] = {model: [] for model in models}
    for whole, always, place, *row in engine.query(sql("calls_figures"), bound).rows:
        bucket = _bucket(row)
        if whole and always and bucket.requests:
            total = replace(bucket, at=window.start)
        elif whole and not always:
            buckets.append(bucket)
        elif place and not always:
            by_model[models[place - 1]].append(bucket)
    return Figures(total, buckets, by_model)


def top_models(engine: Engine, window: Window, scope: Scope, limit: int = 4) -> list[str]:
    """Return the models with most calls, most first."""
    rows = engine.query(sql("top_models"), {**_bounds(window), **scope.parameters(), "limit": limit}).rows
    return [row[0] for row in rows]


def earlier(window: Window) -> tuple[Window, str]:
    """Return the window to compare with, at the same hour or weekday, and its name."""
    if window.length <= timedelta(days=1):
        return window.shifted(timedelta(days=-1)), "the same time a day before"
    if window.length <= timedelta(days=7):
        return window.shifted(timedelta(days=-7)), "the week before"
    return window.shifted(-window.length), "the time before"


def newest(engine: Engine) -> datetime | None:
    """Return the minute of the newest span stored; None when nothing was ever stored."""
    minute, rows = engine.query(sql("newest")).rows[0]
    return minute if rows else None


def scopes(engine: Engine, window: Window) -> tuple[list[str], list[str], list[str]]:
    """Return the tenants, services and models with calls in the window, sorted."""
    tenants, services, models = engine.query(sql("scopes"), _bounds(window)).rows[0]
    return sorted(tenants), sorted(services), sorted(models)


def _bounds(window: Window) -> dict[str, object]:
    return {"start": window.start, "end": window.end}


def _bucket(row: Sequence[Any]) -> Bucket:
    at, requests, failed, tokens_in, tokens_out, cost, duration, ttft, ttft_known = row
    return Bucket(
        at,
        int(requests),
        int(failed),
        int(tokens_in),
        int(tokens_out),
        float(cost),
        _number(duration[0]),
        _number(duration[2]),
        _number(ttft[2]) if ttft_known else None,
    )


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
