"""When people work: the share of a stream's top rate at each minute, from the hour and the day of its region."""

from __future__ import annotations

from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from spanwarden.demo.roles import REGIONS, Stream

MINUTE_S = 60.0
DAY_MINUTES = 1440
WEEKEND = 0.6
# The share of the top rate by local hour: a working day, its evening, a quiet night.
BY_HOUR = (
    0.12, 0.10, 0.10, 0.10, 0.12, 0.18, 0.30, 0.55, 0.85, 1.0, 1.0, 1.0,
    0.95, 0.95, 1.0, 1.0, 1.0, 0.95, 0.85, 0.65, 0.50, 0.38, 0.26, 0.17,
)  # fmt: skip


def rates(stream: Stream, start: datetime, minutes: int) -> NDArray[np.float64]:
    """Return the requests a minute that ``stream`` expects in each of ``minutes`` minutes from ``start``."""
    if not stream.day_and_night:
        return np.full(minutes, stream.busy)
    first = start.timestamp() / MINUTE_S + REGIONS[stream.region].hours * 60
    local = first + np.arange(minutes)
    hours = (local / 60) % 24
    share = np.interp(hours, np.arange(25), [*BY_HOUR, BY_HOUR[0]])
    weekday = (np.floor(local / DAY_MINUTES) + 3) % 7  # 1970-01-01 was a Thursday
    return np.asarray(stream.busy * share * np.where(weekday >= 5, WEEKEND, 1.0))
