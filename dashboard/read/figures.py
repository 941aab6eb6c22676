"""Home's six figures and their series, from the one-minute roll-up; the cost does not grow with spans.

They speak of model calls only: the spans of an agent and of its tools repeat the tokens, the cost and the time of the
model calls inside them, and would count them twice.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboard.address import Scope, Window
from storage.engine import Engine

SERIES_SQL = """
SELECT
    toDateTime(intDiv(toUnixTimestamp(minute), {step:UInt32}) * {step:UInt32}, 'UTC') AS at,
    sum(llm_calls) AS requests,
    sumIf(llm_calls, status = 'error') AS failed,
    sum(input_tokens) + sum(output_tokens) AS tokens,
    sum(cost_usd) AS cost,
    quantilesDDMerge(0.01, 0.5, 0.9, 0.95, 0.99)(duration_sketch)[3] AS p95,
    quantilesDDMerge(0.01, 0.5, 0.9, 0.95, 0.99)(ttft_sketch)[3] AS ttft,
    sum(ttft_calls) AS ttft_known
FROM calls_1m
WHERE minute >= {start:DateTime} AND minute < {end:DateTime} AND llm_calls > 0
  AND ({tenant:String} = '' OR tenant = {tenant:String})
  AND ({service:String} = '' OR service = {service:String})
  AND ({model:String} = '' OR model = {model:String})
GROUP BY at
ORDER BY at
"""
MODELS_SQL = """
SELECT
    model,
    toDateTime(intDiv(toUnixTimestamp(minute), {step:UInt32}) * {step:UInt32}, 'UTC') AS at,
    sum(llm_calls) AS requests,
    quantilesDDMerge(0.01, 0.5, 0.9, 0.95, 0.99)(duration_sketch)[3] AS p95
FROM calls_1m
WHERE minute >= {start:DateTime} AND minute < {end:DateTime} AND llm_calls > 0
  AND model IN {models:Array(String)}
  AND ({tenant:String} = '' OR tenant = {tenant:String})
  AND ({service:String} = '' OR service = {service:String})
GROUP BY model, at
ORDER BY model, at
"""
TOP_MODELS_SQL = """
SELECT model, sum(llm_calls) AS requests
FROM calls_1m
WHERE minute >= {start:DateTime} AND minute < {end:DateTime} AND llm_calls > 0
  AND ({tenant:String} = '' OR tenant = {tenant:String})
  AND ({service:String} = '' OR service = {service:String})
  AND ({model:String} = '' OR model = {model:String})
GROUP BY model
ORDER BY requests DESC, model
LIMIT {limit:UInt32}
"""
POINTS = 96
STEPS = (60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
FIGURES = ("requests", "failures", "p95", "ttft", "tokens", "cost")
UNITS = {"requests": "calls", "failures": "share", "p95": "ms", "ttft": "ms", "tokens": "tokens", "cost": "USD"}


@dataclass(frozen=True, slots=True)
class Bucket:
    """One step of time. A share or a quantile is None when no call could carry it."""

    at: datetime
    requests: int
    failed: int
    tokens: int
    cost: float
    p95: float | None
    ttft: float | None

    def value(self, figure: str) -> float | None:
        """Return the figure by name; failures are the share of calls that failed."""
        if figure == "failures":
            return self.failed / self.requests if self.requests else None
        value: float | None = getattr(self, figure)
        return value


def step_seconds(window: Window) -> int:
    """Return the finest step that keeps a series near ``POINTS`` points."""
    wanted = window.length.total_seconds() / POINTS
    return next((step for step in STEPS if step >= wanted), STEPS[-1])


def series(engine: Engine, window: Window, scope: Scope, step: int) -> list[Bucket]:
    """Return the buckets that hold calls, in order; a bucket without calls is absent, so that gaps stay gaps."""
    rows = engine.query(SERIES_SQL, {**_bounds(window), **scope.parameters(), "step": step}).rows
    return [_bucket(row) for row in rows]


def total(engine: Engine, window: Window, scope: Scope) -> Bucket:
    """Return the whole window as one bucket; quantiles are merged, not averaged."""
    step = int(window.end.timestamp()) + 1  # one bucket from the epoch holds every minute
    buckets = series(engine, window, scope, step)
    return buckets[0] if buckets else Bucket(window.start, 0, 0, 0, 0.0, None, None)


def top_models(engine: Engine, window: Window, scope: Scope, limit: int = 4) -> list[str]:
    """Return the models with most calls, most first."""
    rows = engine.query(TOP_MODELS_SQL, {**_bounds(window), **scope.parameters(), "limit": limit}).rows
    return [row[0] for row in rows]


def latency_by_model(
    engine: Engine, window: Window, scope: Scope, models: Sequence[str], step: int
) -> Mapping[str, list[tuple[datetime, float]]]:
    """Return p95 milliseconds by step for each model, only where there were calls."""
    parameters = {**_bounds(window), **scope.parameters(), "step": step, "models": list(models)}
    found: dict[str, list[tuple[datetime, float]]] = {model: [] for model in models}
    for model, at, _, p95 in engine.query(MODELS_SQL, parameters).rows:
        if not math.isnan(p95):
            found[model].append((at, p95))
    return found


def earlier(window: Window) -> tuple[Window, str]:
    """Return the window to compare with, at the same hour or weekday, and its name."""
    if window.length <= timedelta(days=1):
        return window.shifted(timedelta(days=-1)), "the same time yesterday"
    if window.length <= timedelta(days=7):
        return window.shifted(timedelta(days=-7)), "the week before"
    return window.shifted(-window.length), "the time before"


def _bounds(window: Window) -> dict[str, object]:
    return {"start": window.start, "end": window.end}


def _bucket(row: tuple[object, ...]) -> Bucket:
    at, requests, failed, tokens, cost, p95, ttft, ttft_known = row
    return Bucket(
        at,  # type: ignore[arg-type]
        int(requests),  # type: ignore[call-overload]
        int(failed),  # type: ignore[call-overload]
        int(tokens),  # type: ignore[call-overload]
        float(cost),  # type: ignore[arg-type]
        _number(p95),
        _number(ttft) if ttft_known else None,
    )


def _number(value: object) -> float | None:
    number = float(value)  # type: ignore[arg-type]
    return None if math.isnan(number) else number
