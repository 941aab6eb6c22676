"""The minutes of every series in memory, kept up with the roll-ups.

    calls_1m ──one query──> pandas (sparse rows by series) ──> numpy (one dense row of minutes a value)

pandas earns its place in that step: it sorts the rows of all series apart in one pass.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd

from analytics.windows import KEYS, MINUTE, VALUES, Floats, Key, Series
from storage.engine import Engine

QUERY = """
SELECT tenant, service, model, operation, target, region, toUnixTimestamp(minute) AS second,
    sum(calls) AS n, sumIf(calls, status = 'error') AS failed,
    sumIf(calls - output_known, status = 'ok') AS plain, sumIf(output_known, status = 'ok') AS known,
    sumIf(log_duration_sum - log_duration_known_sum, status = 'ok') AS plain_y,
    sumIf(log_duration_sq_sum - log_duration_known_sq_sum, status = 'ok') AS plain_yy,
    sumIf(log_duration_known_sum, status = 'ok') AS y, sumIf(log_duration_known_sq_sum, status = 'ok') AS yy,
    sumIf(log_output_sum, status = 'ok') AS x, sumIf(log_output_sq_sum, status = 'ok') AS xx,
    sumIf(log_duration_output_sum, status = 'ok') AS xy
FROM calls_1m
WHERE minute >= {start:DateTime} AND minute < {end:DateTime}
GROUP BY tenant, service, model, operation, target, region, second
"""
ROOM = 1_440


class History:
    """Series from ``start`` (midnight UTC) up to ``end``; one row of ``VALUES`` a series."""

    def __init__(self, engine: Engine, start: datetime) -> None:
        self.engine = engine
        self.start = start
        self.end = start
        self._rows: dict[Key, Floats] = {}

    def __iter__(self) -> Iterator[Series]:
        length = self.minutes(self.end)
        for key in sorted(self._rows, key=_order):
            values = self._rows[key][:, :length]
            yield Series(key, self.start, *values)

    def minutes(self, at: datetime) -> int:
        """Return how many minutes after the start ``at`` is."""
        return int((at - self.start) // MINUTE)

    def refresh(self, since: datetime, end: datetime) -> set[Key]:
        """Read the minutes from ``since`` on again, up to ``end`` (excluded); return the keys that have calls there.

        ``since`` before the start reads from the start.
        """
        begin = max(0, self.minutes(since))
        frame = self.engine.frame(QUERY, {"start": self._time(begin), "end": end.astimezone(UTC)})
        self.end = max(self.end, end)
        length = self.minutes(self.end)
        for key, rows in list(self._rows.items()):
            self._rows[key] = rows = _room(rows, length)
            rows[:, begin : self.minutes(end)] = 0.0
        if frame.empty:
            return set()
        frame["at"] = ((frame["second"] - int(self.start.timestamp())) // 60).astype(int)
        touched = set()
        for names, part in frame.groupby(list(KEYS), sort=False, observed=True):
            tenant, service, model, operation, target, region = map(str, names)
            key = Key(tenant, service, model, operation, target, region)
            touched.add(key)
            self._put(key, part, length)
        return touched

    def _put(self, key: Key, part: pd.DataFrame, length: int) -> None:
        rows = self._rows.setdefault(key, np.zeros((len(VALUES), length + ROOM)))
        rows[:, part["at"].to_numpy()] = part[list(VALUES)].to_numpy(dtype=float).T

    def _time(self, minute: int) -> datetime:
        return (self.start + timedelta(minutes=minute)).astimezone(UTC)


def _room(rows: Floats, length: int) -> Floats:
    """Return rows that hold ``length`` minutes at least."""
    if rows.shape[1] >= length:
        return rows
    return np.pad(rows, ((0, 0), (0, length + ROOM - rows.shape[1])))


def _order(key: Key) -> tuple[str, ...]:
    return tuple(getattr(key, name) for name in KEYS)
