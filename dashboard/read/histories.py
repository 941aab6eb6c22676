"""Series of earlier days, remembered a day at a time: the past hardly changes, and a band needs a week of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from dashboard.address import Scope, Window
from dashboard.memo import Memo
from dashboard.read.bands import DAYS, Band, bands
from dashboard.read.figures import Bucket, Part, series, step_seconds
from storage.engine import Engine

DAY = timedelta(days=1)
COUNTS = frozenset({"requests"})
SUMS = frozenset({"requests", "tokens", "cost"})


class Histories:
    """Bands for any figure; days that are over are asked for once in ``seconds``."""

    def __init__(self, engine: Engine, seconds: float = 600.0) -> None:
        self._engine = engine
        self._days = Memo(seconds, size=2000)

    def before(self, window: Window, scope: Scope, step: int, part: Part = Part()) -> list[Bucket]:  # noqa: B008 (frozen)
        """Return the buckets of the week before the window, and of the window itself save its last day."""
        first = _midnight(window.start) - DAYS * DAY
        today = _midnight(window.end - timedelta(microseconds=1))
        days = [first + number * DAY for number in range((today - first).days)]
        return [bucket for day in days for bucket in self._day(day, scope, step, part)]

    def bands(
        self,
        window: Window,
        scope: Scope,
        figure: str,
        moments: list[datetime],
        part: Part = Part(),  # noqa: B008 (frozen)
    ) -> list[Band | None]:
        """Return the normal band of one figure at each of ``moments``, on the window's own step."""
        step = step_seconds(window)
        past = self._values(self.before(window, scope, step, part), figure)
        return bands(past, moments, timedelta(seconds=step), counts=figure in COUNTS)

    def known_since(self) -> datetime | None:
        """Return the first hour of the last eight days that has calls; None when there is none."""
        now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        window = Window(now - (DAYS + 1) * DAY, now + timedelta(hours=1))
        found = self._days.get(("since", now), lambda: series(self._engine, window, Scope(), 3600))
        return found[0].at if found else None

    def _day(self, day: datetime, scope: Scope, step: int, part: Part) -> list[Bucket]:
        window = Window(day, day + DAY)
        return self._days.get((day, scope, step, part), lambda: series(self._engine, window, scope, step, part))

    @staticmethod
    def _values(buckets: list[Bucket], figure: str) -> Mapping[datetime, float]:
        return {bucket.at: value for bucket in buckets if (value := bucket.value(figure)) is not None}


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)
