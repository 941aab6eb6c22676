"""The normal band of a series: what the same time of day looked like on the days before.

For each step: the values of the seven days before at that time of day and one step to either side; the band is their
median +- three times their scaled median absolute deviation (Rousseeuw and Croux, JASA 1993: robust to half the days
being odd). It is for the eye only; verdicts come from the detectors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

DAYS = 7
LEAST = 6  # values; fewer say nothing about spread
WIDTH = 3.0
MAD_TO_SIGMA = 1.4826
FLOOR = 0.05  # of the median: a series that never moved still gets a visible band


@dataclass(frozen=True, slots=True)
class Band:
    """Low, middle and high for one step."""

    low: float
    middle: float
    high: float


def band(history: Mapping[datetime, float], at: datetime, step: timedelta, *, counts: bool) -> Band | None:
    """Return the band at ``at`` from earlier values by time; None while there are too few.

    ``counts`` says that a value is a number of events, whose spread is at least that of a Poisson count.
    """
    values = [value for moment in _alike(at, step) if (value := history.get(moment)) is not None]
    if len(values) < LEAST:
        return None
    sample = np.asarray(values)
    middle = float(np.median(sample))
    spread = MAD_TO_SIGMA * float(np.median(np.abs(sample - middle)))
    least = max(FLOOR * abs(middle), float(np.sqrt(max(middle, 1.0))) if counts else 0.0)
    reach = WIDTH * max(spread, least)
    return Band(max(0.0, middle - reach), middle, middle + reach)


def bands(
    history: Mapping[datetime, float], moments: Sequence[datetime], step: timedelta, *, counts: bool = False
) -> list[Band | None]:
    """Return the band at each of ``moments``."""
    return [band(history, at, step, counts=counts) for at in moments]


def _alike(at: datetime, step: timedelta) -> list[datetime]:
    """Times of the days before at the same hour; a step of a day or more looks at whole steps before."""
    if step >= timedelta(days=1):
        return [at - days * timedelta(days=7) // 7 for days in range(1, DAYS + 1)]
    lags = [at - timedelta(days=days) for days in range(1, DAYS + 1)]
    return [lag + offset * step for lag in lags for offset in (-1, 0, 1)]
