"""Series of earlier days, remembered a day at a time: the past hardly changes, and a band needs a week of it.

days of the window ── how many calls does each hold? ── as many as before: remembered
                                                     └─ else: one query over all the days that are missing
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from dashboard.address import Scope, Window
from dashboard.memo import Memo
from dashboard.read.bands import DAYS, Band, bands
from dashboard.read.changes import Change, changes
from dashboard.read.figures import Bucket, Part, read_figures, step_seconds
from dashboard.read.sql import sql
from storage.engine import Engine

DAY = timedelta(days=1)
COUNTS = frozenset({"requests"})
KEPT_SECONDS = 6 * 3600.0
COUNTED_SECONDS = 5.0
COMPARED_SECONDS = 60.0
ALL = ""


class Histories:
    """Bands for any figure; a day that is over is asked for again only when late calls arrived in it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._days = Memo(KEPT_SECONDS, size=2000)
        self._held = Memo(COUNTED_SECONDS)
        self._compared = Memo(COMPARED_SECONDS)

    def total(self, window: Window, scope: Scope) -> Bucket:
        """Return an earlier window as one bucket, to compare with; remembered for a minute."""
        step = int(window.length.total_seconds())
        return self._compared.get((window, scope), lambda: read_figures(self._engine, window, scope, step).total)

    def changes(self, window: Window, was: Window, scope: Scope) -> list[Change]:
        """Return what is not as it was in the window before; remembered for a minute."""
        return self._compared.get((window, was, scope), lambda: changes(self._engine, window, was, scope))

    def before(
        self,
        window: Window,
        scope: Scope,
        part: Part = Part(),  # noqa: B008 (frozen)
        models: Sequence[str] = (),
    ) -> dict[str, list[Bucket]]:
        """Return the buckets of the week before the window, and of the window itself save its last day.

        They lie on the window's own step, under ``ALL`` and under each of ``models`` as ``model:<name>``.
        """
        first = _midnight(window.start) - DAYS * DAY
        today = _midnight(window.end - timedelta(microseconds=1))
        held = self._held.get((first, today), lambda: self._count(Window(first, today)))
        asked = (scope, step_seconds(window), part, tuple(models))
        missing = [day for day, calls in held.items() if self._days.find((day, calls, asked)) is None]
        if missing:
            self._fetch(Window(min(missing), max(missing) + DAY), held, *asked)
        found: dict[str, list[Bucket]] = {ALL: [], **{_key(model): [] for model in models}}
        for day, calls in sorted(held.items()):
            if known := self._days.find((day, calls, asked)):
                self._add(found, known[0])
        return found

    def bands(
        self, window: Window, figure: str, moments: Sequence[datetime], past: Sequence[Bucket]
    ) -> list[Band | None]:
        """Return the normal band of one figure at each of ``moments`` from the buckets of ``before``."""
        values = {bucket.at: value for bucket in past if (value := bucket.value(figure)) is not None}
        return bands(values, moments, timedelta(seconds=step_seconds(window)), counts=figure in COUNTS)

    def _count(self, window: Window) -> dict[datetime, int]:
        """Count the calls of each day that holds any."""
        if window.end <= window.start:
            return {}
        rows = self._engine.query(sql("calls_days"), {"start": window.start, "end": window.end}).rows
        return {day: int(calls) for day, calls in rows}

    def _fetch(
        self, window: Window, held: Mapping[datetime, int], scope: Scope, step: int, part: Part, models: tuple[str, ...]
    ) -> None:
        found = read_figures(self._engine, window, scope, step, part, models)
        series = {ALL: found.buckets, **{_key(model): buckets for model, buckets in found.models.items()}}
        for day, calls in held.items():
            if window.start <= day < window.end:
                of_day = {
                    name: [one for one in buckets if _midnight(one.at) == day] for name, buckets in series.items()
                }
                self._days.put((day, calls, (scope, step, part, models)), of_day)

    @staticmethod
    def _add(found: dict[str, list[Bucket]], day: object) -> None:
        if isinstance(day, dict):
            for name, buckets in day.items():
                found[name] += buckets


def _key(model: str) -> str:
    return f"model:{model}"


def _within(buckets: Sequence[Bucket], day: datetime) -> list[Bucket]:
    return [bucket for bucket in buckets if day <= bucket.at < day + DAY]


def of_model(past: Mapping[str, list[Bucket]], model: str) -> list[Bucket]:
    """Return what ``Histories.before`` found of one model."""
    return past[_key(model)]


def _midnight(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
