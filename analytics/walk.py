"""One pass of a detector over a series, an hour at a time, that can be taken up again where it was left.

A pass never looks ahead, so what it knows at the start of an hour is the same whether the hours after it are there
yet or not: live and back-dated data give the same. ``Checkpoint`` holds what it knew two hours before the end.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from analytics.baseline import HOUR
from analytics.detection import Detection, Verdict

# How far back a pass can be taken up without beginning anew; spans arrive when they end, most within the hour.
BEHIND = 2 * HOUR


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a pass that began at minute ``first`` of its series knew at the start of ``minute``."""

    minute: int
    first: int
    known: Mapping[str, Any]


class Walk(ABC):
    """The hours of one series. ``KNOWN`` names the attributes that carry over from hour to hour."""

    KNOWN: ClassVar[tuple[str, ...]] = ("flagged", "found", "ready", "begun", "quiet", "last_end", "last_call")

    def __init__(self, size: int, first: int) -> None:
        self.size, self.first = size, first
        self.flagged = np.zeros(size, dtype=bool)
        self.found: list[Detection] = []
        self.ready: int | None = None
        self.begun: int | None = None
        self.quiet = 0
        self.last_end = first
        self.last_call = first
        self.checkpoint: Checkpoint | None = None

    def run(self, resume: Checkpoint | None = None) -> Verdict:
        """Judge every minute, from ``resume`` on when it fits."""
        begin = self.first // HOUR * HOUR
        if resume is not None and resume.first == self.first and resume.minute <= self.size:
            begin = resume.minute
            self._take_up(resume)
        for hour in range(begin, self.size, HOUR):
            if hour <= max(begin, self.size - BEHIND):
                self.checkpoint = self._leave(hour)
            self.hour(hour, min(self.size, hour + HOUR))
        if self.begun is not None:
            self.tell(self.begun, None, self.size)
        return Verdict(self.found, self.ready, "ready" if self.ready is not None else "learning", self.checkpoint)

    @abstractmethod
    def hour(self, begin: int, end: int) -> None:
        """Judge the minutes [begin, end); ``begin`` starts an hour."""

    @abstractmethod
    def tell(self, begun: int, end: int | None, seen: int) -> None:
        """Add the episode noticed in minute ``begun`` to ``found``; ``end`` None while it goes on."""

    def _leave(self, minute: int) -> Checkpoint:
        known = {name: copy(getattr(self, name)) for name in self.KNOWN}
        known["flagged"] = self.flagged[:minute].copy()
        return Checkpoint(minute, self.first, known)

    def _take_up(self, resume: Checkpoint) -> None:
        for name in self.KNOWN:
            if name != "flagged":
                setattr(self, name, copy(resume.known[name]))
        self.flagged[: resume.minute] = resume.known["flagged"]
