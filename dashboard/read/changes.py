"""What changed between the window and the one before it: versions, models, traffic, prices, kinds of error."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dashboard.address import Scope, Window
from dashboard.format import count, exact, money, percent
from dashboard.read.sql import sql
from storage.engine import Engine

LEAST_CALLS = 30  # in both windows, before a ratio says anything
LEAST_RATIO = 1.3
QUICK = {"max_execution_time": 3, "timeout_overflow_mode": "break"}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is not as it was. ``weight`` orders them; ``kind`` chooses the word before it."""

    kind: str
    subject: str
    text: str
    weight: float
    at: datetime | None = None


def changes(engine: Engine, window: Window, was: Window, scope: Scope, limit: int = 6) -> list[Change]:
    """Return the most telling changes, most telling first."""
    bounds = {
        "start": window.start, "end": window.end, "was_start": was.start, "was_end": was.end, **scope.parameters(),
    }  # fmt: skip
    found = [*_versions(engine, bounds), *_models(engine, bounds), *_errors(engine, bounds)]
    return sorted(found, key=lambda change: -change.weight)[:limit]


def _versions(engine: Engine, bounds: dict[str, object]) -> Iterator[Change]:
    for service, version, since, calls in engine.query(sql("new_versions"), bounds, QUICK).rows:
        yield Change("version", service, f"{version} first seen, {count(calls)} calls since", 10.0, since)


def _errors(engine: Engine, bounds: dict[str, object]) -> Iterator[Change]:
    for error, now, _, since, model in engine.query(sql("new_errors"), bounds).rows:
        where = f" at {model}" if model else ""
        yield Change("error", error, f"not seen before{where}, {exact(now)} calls", 6.0, since)


def _models(engine: Engine, bounds: dict[str, object]) -> Iterator[Change]:
    rows = engine.query(sql("changes"), bounds).dicts()
    ever = any(row["was_requests"] for row in rows)
    whole = _ratio(sum(row["requests"] for row in rows), sum(row["was_requests"] for row in rows))
    for row in rows if ever else []:
        yield from _of_model(row, whole)


def _of_model(row: dict[str, Any], whole: float | None) -> Iterable[Change]:
    model, now, was = row["model"] or "no model named", row["requests"], row["was_requests"]
    if not was and now >= LEAST_CALLS:
        yield Change("model", model, f"is new, {count(now)} calls", 8.0)
    elif not now and was >= LEAST_CALLS:
        yield Change("model", model, f"is no longer called, {count(was)} calls before", 7.0)
    if min(now, was) < LEAST_CALLS:
        return
    yield from _moved("traffic", model, now / was, f"{count(was)} → {count(now)} calls", 1.0)
    each, each_was = row["cost"] / now, row["was_cost"] / was
    if ratio := _ratio(each, each_was):
        yield from _moved("price", model, ratio, f"{money(each_was)} → {money(each)} a call", 1.5)
    if ratio := _ratio(row["tokens"] / now, row["was_tokens"] / was):
        yield from _moved(
            "length", model, ratio, f"{row['was_tokens'] / was:.0f} → {row['tokens'] / now:.0f} tokens a call", 1.2
        )


def _moved(kind: str, model: str, ratio: float, words: str, weight: float) -> Iterator[Change]:
    far = max(ratio, 1 / ratio)
    if far >= LEAST_RATIO:
        sign = "+" if ratio > 1 else "−"
        yield Change(kind, model, f"{sign}{percent(abs(ratio - 1))}, {words}", weight * far)


def _ratio(now: float, was: float) -> float | None:
    return now / was if now > 0 and was > 0 else None
