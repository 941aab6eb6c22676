"""What model calls cost: by a dimension, over time, what has no price, and reported beside computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from dashboard.address import Scope, Window
from dashboard.read.sql import sql
from storage.engine import Engine
from storage.times import utc

# Dimension -> what it is called.
DIMENSIONS = {
    "model": "Model",
    "service": "Service",
    "team": "Team",
    "api_key": "Key",
    "user": "User",
    "provider": "Provider",
    "agent": "Agent",
    "tenant": "Tenant",
}
HOUR, DAY = 3600, 86_400
# A chart of two days or less has an hour a bar.
HOURLY = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Cost:
    """One value of a dimension; shares are None where nothing can have them. ``price`` is a price line's id."""

    value: str
    calls: int
    failed: int
    tokens_in: int
    tokens_out: int
    tokens_cached: int
    cost: float
    unpriced: int
    p95_ms: float
    some_provider: str
    price: str
    reported: float
    computed: float
    compared: int

    @property
    def per_thousand(self) -> float | None:
        """USD a thousand calls, over those that have a price."""
        priced = self.calls - self.unpriced
        return 1000 * self.cost / priced if priced else None

    @property
    def failure_share(self) -> float:
        """The share of calls that failed."""
        return self.failed / self.calls

    @property
    def cached_share(self) -> float | None:
        """The share of input tokens that were read from a cache; None when there were none."""
        return min(1.0, self.tokens_cached / self.tokens_in) if self.tokens_in else None


@dataclass(frozen=True, slots=True)
class Unpriced:
    """A model whose calls carry tokens and have no cost; ``share`` is of all tokens of the time."""

    provider: str
    model: str
    service_tiers: Sequence[str]
    calls: int
    tokens: int
    first_seen: datetime
    last_seen: datetime
    share: float


@dataclass(frozen=True, slots=True)
class Spend:
    """USD by step of time for some models and, under an empty name, for all others."""

    step: timedelta
    models: Mapping[str, Sequence[tuple[datetime, float]]]


def costs_by(
    engine: Engine, window: Window, scope: Scope, dimension: str, limit: int = 100, offset: int = 0
) -> list[Cost]:
    """Return the values of a dimension of DIMENSIONS, the dearest first. Raises StoreError."""
    bound = {**_bounds(window), **scope.parameters(), "by": dimension, "limit": limit, "offset": offset}
    return [Cost(**row) for row in engine.query(sql("costs"), bound).dicts()]


def unpriced_models(engine: Engine, window: Window, scope: Scope, limit: int = 100) -> list[Unpriced]:
    """Return models whose calls carry tokens and have no cost, the heaviest first. Raises StoreError."""
    found = engine.query(sql("unpriced"), {**_bounds(window), **scope.parameters(), "limit": limit}).dicts()
    return [_unpriced(row) for row in found]


def spend(engine: Engine, window: Window, scope: Scope, models: Sequence[str]) -> Spend:
    """Return what was spent by the day, in a short window by the hour, from the roll-up. Raises StoreError."""
    step = HOUR if window.length <= HOURLY else DAY
    bound = {**_bounds(window), **scope.parameters(), "step": step, "models": list(models)}
    points: dict[str, list[tuple[datetime, float]]] = {name: [] for name in (*models, "")}
    for at, place, cost in engine.query(sql("spend"), bound).rows:
        points[models[place - 1] if place else ""].append((utc(at), float(cost)))
    return Spend(timedelta(seconds=step), points)


def _unpriced(row: Mapping[str, Any]) -> Unpriced:
    whole = row["all_tokens"]
    given = {name: value for name, value in row.items() if name != "all_tokens"}
    times = {name: utc(row[name]) for name in ("first_seen", "last_seen")}
    return Unpriced(**{**given, **times}, share=row["tokens"] / whole if whole else 0.0)


def _bounds(window: Window) -> dict[str, object]:
    return {"start": window.start, "end": window.end}
