"""What will be spent by the end of the month: the weekdays of the last four weeks, laid over the days that are left.

A day's spend is its weekday's mean plus noise. The interval is the t prediction interval of a sum of days: it holds the
noise of each day to come, the doubt about each weekday's mean, and, since a busy day is often followed by another, the
noise's correlation from one day to the next. Under a fortnight of days the weekdays cannot be told apart and one mean
serves all; under a week there is no forecast. Coverage is tested on series that it was not made from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

Floats = NDArray[np.float64]

WINDOW_DAYS = 28
LEAST_DAYS, SEASONAL_DAYS = 7, 14
WEEK = 7
# The interval holds four months in five; above its upper end lies one in ten.
COVERAGE = 0.8
# A day that has some of the noise of the day before; more than this is a drift that four weeks cannot tell.
STRONGEST = 0.8


@dataclass(frozen=True, slots=True)
class Forecast:
    """USD at the end of the month; ``low`` and ``high`` hold COVERAGE of the outcomes."""

    usd: float
    low: float
    high: float


def forecast(days: Sequence[float], spent: float, left: float) -> Forecast | None:
    """Forecast the month's end from full days of spend up to yesterday, oldest first, and what is spent already.

    ``left`` is how many days are left, the rest of today as a part of one. None under a week of days.
    """
    known: Floats = np.asarray(days[-WINDOW_DAYS:], dtype=np.float64)
    if len(known) < LEAST_DAYS:
        return None
    places = np.arange(len(known)) % WEEK if len(known) >= SEASONAL_DAYS else np.zeros(len(known), dtype=np.int64)
    means = np.array([known[places == place].mean() for place in range(places.max() + 1)])
    counts = np.bincount(places)
    weights = _weights(len(known), left, len(means))
    noise = known - means[places]
    freedom = len(known) - len(means)
    variance = float(noise @ noise) / freedom
    days_ahead = float(weights.sum())
    spread = variance * _inflation(noise) * (days_ahead + float((weights**2 / counts).sum()))
    expected = spent + float(weights @ means)
    reach = float(student.ppf((1 + COVERAGE) / 2, freedom)) * float(np.sqrt(spread))
    return Forecast(expected, max(spent, expected - reach), expected + reach)


def _weights(known: int, left: float, places: int) -> Floats:
    """Return how many days of each place are to come; today comes after the last known day and may be begun."""
    weights = np.zeros(places)
    whole = int(np.floor(left))
    parts = [left - whole, *([1.0] * whole)] if left > whole else [1.0] * whole
    for ahead, part in enumerate(parts):
        weights[(known + ahead) % WEEK if places > 1 else 0] += part
    return weights


def _inflation(noise: Floats) -> float:
    """Return by how much the variance of a sum of days exceeds that of independent ones.

    In a short series the correlation of the noise comes out too low by about (1 + 3 r) / n (Kendall 1954).
    """
    power = float(noise @ noise)
    if power <= 0:
        return 1.0
    found = float(noise[1:] @ noise[:-1]) / power
    correlation = min(STRONGEST, max(0.0, found + (1 + 3 * found) / len(noise)))
    return (1 + correlation) / (1 - correlation)
