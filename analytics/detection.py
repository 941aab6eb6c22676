"""What a detector is and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from analytics.windows import Key, Series

if TYPE_CHECKING:
    from analytics.walk import Checkpoint


@dataclass(frozen=True, slots=True)
class Detection:
    """A stretch of one series that was not normal.

    ``onset``, ``end`` bound what was bad (``end`` None while it goes on); ``detected`` is the end of the minute in
    which it was noticed; ``peak`` its worst minute. ``observed`` and ``expected`` are in the signal's unit (a factor of
    the usual duration; a share of calls), ``score`` and ``threshold`` in the detector's own.
    """

    key: Key
    signal: str
    detector: str
    version: str
    onset: datetime
    detected: datetime
    peak: datetime
    end: datetime | None
    observed: float
    expected: float
    score: float
    threshold: float
    p_value: float
    calls: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """All that a detector says of a series: its detections, and from which minute it was ready (None: not yet)."""

    detections: list[Detection]
    ready: int | None
    state: str
    checkpoint: Checkpoint | None = None


class Detector(Protocol):
    """Looks at one series, minute by minute, never ahead."""

    name: str
    version: str
    signal: str

    def detect(self, series: Series, resume: Checkpoint | None = None) -> Verdict:
        """Judge every minute of the series; deterministic, and the same for a prefix of it.

        ``resume`` is what an earlier verdict on the same series left, if nothing before its minute has changed.
        """
