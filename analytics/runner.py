"""Looks at what has come in, and keeps findings and incidents as the data say they are.

    marks ─> what came in since ─> History (minutes of all series) ─> detectors ─> groups ─> explanation ─> incidents
                                                                          └─> findings

A tick reads only the minutes that changed and takes each detector up two hours before its end, or from the start where
older minutes have changed. Incidents are a function of the data: one that late data take back is withdrawn.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from analytics.baseline import LEARNING
from analytics.detection import Detection, Detector, Verdict
from analytics.failures import FailureDetector
from analytics.grouping import Group, group
from analytics.history import History
from analytics.latency import LatencyDetector
from analytics.ledger import Ledger
from analytics.pools import pools
from analytics.windows import MINUTE, Key, Series
from storage.engine import Engine

logger = logging.getLogger(__name__)

DETECTORS: tuple[Detector, ...] = (LatencyDetector(), FailureDetector())
POOLED: tuple[Detector, ...] = (FailureDetector(),)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RunnerConfig:
    """``memory`` is how much history is looked at, ``settled`` how much of it only warms the baselines up.

    A minute is looked at ``lag`` after it has begun to be over, so that its last spans have been loaded. What goes on
    is explained anew every ``refresh``.
    """

    memory: timedelta = timedelta(days=9)
    settled: timedelta = timedelta(days=7)
    lag: timedelta = timedelta(seconds=20)
    refresh: timedelta = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Status:
    """``learning_until``: when the first series has learned what is normal, RFC 3339; None when one has.

    ``looked_at`` is when the last look that came to an end began, aware UTC; None before the first.
    """

    learning_until: str | None = None
    series: int = 0
    learning: int = 0
    looked_at: datetime | None = None


class Runner:
    """Runs the detectors on one store; ``tick`` may be called from one thread at a time."""

    def __init__(self, engine: Engine, config: RunnerConfig | None = None) -> None:
        self.engine = engine
        self.config = config or RunnerConfig()
        self.ledger = Ledger(engine, self.config.refresh)
        self._history: History | None = None
        self._verdicts: dict[tuple[Key, str], Verdict] = {}
        self._status = Status()
        self._guard = threading.Lock()

    def status(self) -> Status:
        """Say what has been learned, as of the last tick."""
        return self._status

    def tick(self, now: datetime) -> list[str]:
        """Look at everything up to ``now`` (aware UTC); return the ids of the incidents that changed."""
        with self._guard:
            read_at = now
            since = self.ledger.changed_since()
            end = _minute(now - self.config.lag)
            history, dirty = self._bring_up(since, end)
            if history is None:
                self._status = Status(looked_at=read_at)
                return []
            self._judge(history, dirty)
            changed = self.ledger.write(self._groups(history), self._settled(history), history.end, time.time_ns())
            self.ledger.mark(read_at)
            self._status = replace(self._learned(history), looked_at=read_at)
            return changed

    def _bring_up(self, since: datetime | None, end: datetime) -> tuple[History | None, int]:
        """Return the history up to ``end`` and its first minute that may differ from the last tick's."""
        start = self._start(since, end)
        if start is None:
            return None, 0
        history = self._history
        if history is None or start != history.start:
            self._history = history = History(self.engine, start)
            self._verdicts.clear()
            history.refresh(start, end)
            return history, 0
        since = min(since or history.end, history.end)
        history.refresh(_minute(since), end)
        return history, max(0, history.minutes(_minute(since)))

    def _start(self, since: datetime | None, end: datetime) -> datetime | None:
        """Return the midnight from which on minutes are needed; None while there are none."""
        first = self.ledger.first_minute()
        if first is None or first >= end:
            return None
        reach = end - self.config.memory
        if self._history is None or (since is not None and since < self._settled(self._history)):
            reach = min(reach, (since or end) - self.config.settled)
        elif self._history.start > reach - DAY:
            return self._history.start
        return _midnight(max(first, reach))

    def _settled(self, history: History) -> datetime:
        """Return from when on what is found stands for itself; before it baselines are still warming up."""
        first = self.ledger.first_minute()
        begins_here = first is None or _midnight(first) >= history.start
        return history.start if begins_here else history.start + self.config.settled

    def _judge(self, history: History, dirty: int) -> None:
        every = list(history)
        for series in every:
            self._detect(series, DETECTORS, dirty)
        for series in pools(every):
            self._detect(series, POOLED, dirty)

    def _detect(self, series: Series, detectors: tuple[Detector, ...], dirty: int) -> None:
        for detector in detectors:
            place = (series.key, detector.name)
            before = self._verdicts.get(place)
            kept = before.checkpoint if before else None
            resume = kept if kept is not None and kept.minute <= dirty else None
            self._verdicts[place] = detector.detect(series, resume)

    def _groups(self, history: History) -> list[Group]:
        settled = self._settled(history)
        found: list[Detection] = [one for verdict in self._verdicts.values() for one in verdict.detections]
        return group([one for one in found if one.onset >= settled], history.end)

    def _learned(self, history: History) -> Status:
        learning = [verdict for verdict in self._verdicts.values() if verdict.state == "learning"]
        if any(verdict.ready is not None for verdict in self._verdicts.values()):
            return Status(None, len(self._verdicts), len(learning))
        first = self.ledger.first_minute()
        if first is None:
            return Status()
        hour = first.replace(minute=0) + timedelta(hours=1) + LEARNING * MINUTE
        until = max(hour, history.end.replace(minute=0) + timedelta(hours=1))
        return Status(until.isoformat().replace("+00:00", "Z"), len(self._verdicts), len(learning))


def _minute(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(second=0, microsecond=0)


def _midnight(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
