"""Has it been so at this time of day on the days before? A nightly batch or a daily rush is no incident each day.

A last look before an episode begins, not a seasonal baseline: forced seasons make quiet series worse, and a robust
baseline never learns a peak of two hours a day (FBDetect, SOSP 2024, checks a regression for its season likewise).
"""

from __future__ import annotations

import numpy as np

from analytics.baseline import DAY
from analytics.windows import Floats

DAYS = 7
LEAST_DAYS = 2
# A rush does not begin by the minute.
AROUND = 30


def recurs(calls: Floats, total: Floats, minute: int, first: int, least: float) -> bool:
    """Return whether the mean ``total / calls`` about this time of day was ``least`` or more on most days before.

    Both are sums over the window that ends in each minute; ``first`` is the series' first minute. Two days must say so,
    and half of those that have calls enough to compare. Looks back only.
    """
    days = alike = 0
    for day in range(1, DAYS + 1):
        centre = minute - day * DAY
        if centre - AROUND < first:
            break
        near = slice(centre - AROUND, centre + AROUND + 1)
        enough = calls[near] >= max(1.0, calls[minute] / 2)
        if enough.any():
            days += 1
            alike += float(np.max(total[near][enough] / calls[near][enough])) >= least
    return alike >= LEAST_DAYS and 2 * alike >= days
