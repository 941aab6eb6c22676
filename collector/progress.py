"""What the loader has done and what waits for it."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from collector.poison import quarantined
from collector.segment import SUFFIX, Reading
from collector.signal import TRACES, Signal

SAMPLES = 5_000


@dataclass(frozen=True, slots=True)
class LoaderStats:
    """Counts since the process started, but for ``quarantined`` and the spool, which are what lies there now.

    ``stored`` counts the items of each signal: spans, log records, data points.

    ``freshness`` is the time from receipt to being queryable, in seconds, p50 and p99 of the latest requests; None
    before the first. ``failing`` names the store's last failure while it lasts.
    """

    running: bool
    stored: Mapping[Signal, int]
    segments: int
    quarantined: int
    not_inspected: int
    waiting_segments: int
    waiting_bytes: int
    oldest_seconds: float
    freshness: tuple[float, float] | None
    failing: str

    @property
    def spans(self) -> int:
        """How many spans were stored."""
        return self.stored.get(TRACES, 0)


@dataclass
class Progress:
    """The loader's counters; safe to use from its threads."""

    spool: Path
    clock: Callable[[], float]
    stored: Counter[Signal] = field(default_factory=Counter)
    segments: int = 0
    quarantined: int = 0
    not_inspected: int = 0
    failing: str = ""
    _freshness: deque[float] = field(default_factory=lambda: deque(maxlen=SAMPLES))
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def loaded(self, signal: Signal, reading: Reading) -> None:
        """Count a segment whose rows are all stored."""
        now = self.clock()
        with self._guard:
            self.stored[signal] += reading.items
            self.segments += 1
            self.failing = ""
            self._freshness.extend(now - record.received_unix_nano / 1e9 for record in reading.records)

    def stats(self, *, running: bool) -> LoaderStats:
        """Return the counters and a look at the spool."""
        sizes, oldest = [], float("inf")
        for path in (self.spool / "closed").glob(f"*{SUFFIX}"):
            try:
                status = path.stat()
            except FileNotFoundError:
                continue
            sizes.append(status.st_size)
            oldest = min(oldest, status.st_mtime)
        with self._guard:
            samples = sorted(self._freshness)
        return LoaderStats(
            running=running,
            stored=dict(self.stored),
            segments=self.segments,
            quarantined=quarantined(self.spool)[0],
            not_inspected=self.not_inspected,
            waiting_segments=len(sizes),
            waiting_bytes=sum(sizes),
            oldest_seconds=max(0.0, self.clock() - oldest) if sizes else 0.0,
            freshness=_percentiles(samples),
            failing=self.failing,
        )


def _percentiles(samples: list[float]) -> tuple[float, float] | None:
    if not samples:
        return None
    return samples[len(samples) // 2], samples[min(len(samples) - 1, int(len(samples) * 0.99))]
