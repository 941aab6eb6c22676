"""Where faults and decoys go: at random, apart from each other, only where the traffic can show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from spanwarden.demo.faults import DECOYS, FAULTS, RECENT, Plant, Planted, place
from spanwarden.demo.slices import Slice, calls_per_minute

LEARNING_SHARE = 2 / 7
APART_MINUTES = (150, 90, 45)
TRIES = 300
MINUTE_NS = 60 * 10**9


@dataclass(slots=True)
class Calendar:
    """The minutes of the history and what has been planted in them; minute 0 is the history's start."""

    start: datetime
    minutes: int
    rng: np.random.Generator
    planted: list[tuple[int, int, Planted]] = field(default_factory=list)

    def free(self, first: int, last: int, apart: int) -> bool:
        """Whether nothing else lies within ``apart`` minutes of [first, last)."""
        return all(last + apart <= begin or first >= end + apart for begin, end, _ in self.planted)

    def put(self, plant: Plant, part: Slice, first: int, last: int) -> None:
        """Plant it from minute ``first`` to minute ``last``."""
        begin_ns = int(self.start.timestamp()) * 10**9 + first * MINUTE_NS
        end_ns = begin_ns + (last - first) * MINUTE_NS
        self.planted.append((first, last, place(plant, part, begin_ns, end_ns, self.rng)))


def plant_all(start: datetime, days: float, faults: bool, rng: np.random.Generator) -> list[Planted]:
    """Choose time and slice of every fault and decoy. The first two sevenths of the time are free of both."""
    calendar = Calendar(start, int(timedelta(days=days).total_seconds() // 60), rng)
    if faults:
        _plant_recent(calendar, RECENT[int(rng.integers(len(RECENT)))])
        for plant in _share(FAULTS, days):
            _plant_anywhere(calendar, plant)
    for plant in _share(DECOYS, days):
        _plant_anywhere(calendar, plant)
    return [planted for _, _, planted in sorted(calendar.planted, key=lambda entry: entry[:2])]


def _share(plants: Sequence[Plant], days: float) -> Sequence[Plant]:
    """As many of ``plants`` as fit a history of ``days``; all of them into a week or more."""
    return plants[: max(1, round(len(plants) * min(days, 7.0) / 7))]


def _plant_recent(calendar: Calendar, plant: Plant) -> None:
    """Plant a fault that is still open when the history ends, in the best visited of its slices."""
    first = calendar.minutes - int(calendar.rng.integers(35, 60))
    traffic = {index: _traffic(calendar, part, first, calendar.minutes) for index, part in enumerate(plant.parts)}
    enough = [index for index, calls in traffic.items() if calls >= plant.least_traffic]
    chosen = int(calendar.rng.choice(enough)) if enough else max(traffic, key=lambda index: traffic[index])
    calendar.put(plant, plant.parts[chosen], first, calendar.minutes)


def _plant_anywhere(calendar: Calendar, plant: Plant) -> None:
    """Plant where it is apart from the others and the traffic suffices; a history without such a place goes without."""
    earliest = int(calendar.minutes * LEARNING_SHARE)
    for apart in APART_MINUTES:
        for _ in range(TRIES):
            part = plant.parts[int(calendar.rng.integers(len(plant.parts)))]
            length = int(calendar.rng.integers(plant.minutes[0], plant.minutes[1] + 1))
            first = int(calendar.rng.integers(earliest, max(earliest + 1, calendar.minutes - length - apart)))
            last = first + length
            if last > calendar.minutes or not calendar.free(first, last, apart):
                continue
            if _traffic(calendar, part, first, last) >= plant.least_traffic:
                calendar.put(plant, part, first, last)
                return


def _traffic(calendar: Calendar, part: Slice, first: int, last: int) -> float:
    """The least traffic (calls a minute) that the slice expects in these minutes."""
    at = calendar.start + timedelta(minutes=first)
    return float(calls_per_minute(part, at, last - first).min())
