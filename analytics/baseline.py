"""What is normal for a series at a time: computed from the seven days before, without what was flagged in them.

A baseline is made at the start of each hour from ten-minute cells, so that a minute is never judged by itself or by
what came after it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.windows import Floats

CELL = 10
HOUR = 60
DAY = 1_440
MEMORY = 7 * DAY
LEARNING = 6 * HOUR
LEAST_CALLS = 100

# An hour differs from another by at least this much, however alike the past ones were (natural logarithm).
LEAST_DRIFT = 0.04
LEAST_SPREAD = 0.05


@dataclass(frozen=True, slots=True)
class Level:
    """The usual mean of ln(ms) at length 0 (``centre``), its spread by call and its drift by hour, all in nats."""

    centre: float
    spread: float
    drift: float

    def deviation(self, calls: Floats) -> Floats:
        """Standard deviation of a window's mean of so many calls; heavy tails make few calls worth less."""
        safe = np.maximum(calls, 1.0)
        return np.sqrt(self.drift**2 + self.spread**2 / safe * (1.0 + 2.0 / safe))


def cells(values: Floats, begin: int, end: int) -> Floats:
    """Sum the minutes [begin, end) by cells; both are multiples of a cell."""
    total: Floats = values[begin:end].reshape(-1, CELL).sum(axis=1)
    return total


def kept(flagged: NDArray[np.bool_], begin: int, end: int) -> NDArray[np.bool_]:
    """Which cells hold no flagged minute."""
    return np.logical_not(flagged[begin:end].reshape(-1, CELL).any(axis=1), dtype=np.bool_)


def level(n: Floats, mean: Floats, squares: Floats) -> Level:
    """Fit a level from cells: calls, mean residual, and the sum of squares about the cell's own mean.

    The centre is a mean of the cells clipped to their middle nine tenths; the spread within cells leaves out the
    wildest of them; the drift is what hourly means vary beyond their sampling error (median absolute deviation).
    """
    low, high = np.quantile(mean, (0.05, 0.95))
    centre = float(np.average(np.clip(mean, low, high), weights=n))
    several = n > 1
    if several.sum() >= CELL:
        ratio = squares[several] / (n[several] - 1)
        tame = ratio <= np.quantile(ratio, 0.98)
        spread = float(np.sqrt(squares[several][tame].sum() / (n[several][tame] - 1).sum()))
    else:
        spread = float(np.sqrt(np.average((mean - centre) ** 2 * n, weights=n)))
    spread = max(spread, LEAST_SPREAD)
    return Level(centre, spread, max(LEAST_DRIFT, _drift(n, mean, spread)))


def _drift(n: Floats, mean: Floats, spread: float) -> float:
    size = len(n) // (HOUR // CELL) * (HOUR // CELL)
    calls = n[:size].reshape(-1, HOUR // CELL).sum(axis=1)
    total = (n * mean)[:size].reshape(-1, HOUR // CELL).sum(axis=1)
    enough = calls >= 3
    if enough.sum() < 4:
        return 2 * LEAST_DRIFT
    hourly = total[enough] / calls[enough]
    scatter = 1.4826 * float(np.median(np.abs(hourly - np.median(hourly))))
    return float(np.sqrt(max(0.0, scatter**2 - spread**2 * float(np.median(1 / calls[enough])))))


@dataclass(frozen=True, slots=True)
class Share:
    """The usual failure share (an upper estimate) and its over-dispersion, as a beta-binomial has them."""

    p: float
    rho: float

    @property
    def shape(self) -> tuple[float, float]:
        """The beta's a and b."""
        return self.p * (1 - self.rho) / self.rho, (1 - self.p) * (1 - self.rho) / self.rho


def share(n: Floats, failed: Floats, minutes: tuple[Floats, Floats]) -> Share:
    """Fit a failure share by moments (Skellam 1948, Williams 1982) and raise it by one standard error.

    ``n`` and ``failed`` are by cell, ``minutes`` the same by minute. The over-dispersion is the larger of the two:
    failures that come in bursts of seconds even out over a cell, those of a bad half hour do not show in a minute.
    """
    total = n.sum()
    p = (failed.sum() + 0.5) / (total + 1.0)
    rho = max(1e-4, *(min(0.3, _dispersion(calls, bad, p)) for calls, bad in ((n, failed), minutes)))
    inflated = 1 + (float(np.average(n, weights=n)) - 1) * rho
    upper = p + float(np.sqrt(p * (1 - p) * inflated / total))
    return Share(min(0.9, max(upper, 0.002)), rho)


def _dispersion(n: Floats, failed: Floats, p: float) -> float:
    """Return the beta-binomial's rho by moments, less its standard error; 0 where no group has two calls.

    The error is that of Pearson's chi-square without over-dispersion, a term 2 + (1 - 6pq)/npq a group: among groups of
    one or two calls the estimate is mostly chance, and a spread that is not there would hide failures that are.
    """
    npq = n * p * (1 - p)
    excess = float(((failed - n * p) ** 2 / npq).sum()) - (len(n) - 1)
    error = float(np.sqrt((2 + (1 - 6 * p * (1 - p)) / npq).sum()))
    room = float(((n - 1) * (1 - n / n.sum())).sum())
    return (excess - error) / room if room > 0 else 0.0
