"""Roll-ups as arrays: one query, one dense row of minutes a series.

A series is one (tenant, service, model, operation, target, region). pandas turns the sparse rows into dense minutes;
from there on everything is numpy. Latency is read from calls that went well: a failure's duration says how long it
took to fail, and failures have a detector of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from storage.engine import Engine

Floats = NDArray[np.float64]
MINUTE = timedelta(minutes=1)
KEYS = ("tenant", "service", "model", "operation", "target", "region")

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
VALUES = ("n", "failed", "plain", "known", "plain_y", "plain_yy", "y", "yy", "x", "xx", "xy")


@dataclass(frozen=True, slots=True)
class Key:
    """What names a series; '' where a dimension does not apply."""

    tenant: str
    service: str
    model: str
    operation: str
    target: str
    region: str

    def scope(self) -> dict[str, str]:
        """The dimensions that say something, without the tenant."""
        named = {"service": self.service, "model": self.model, "operation": self.operation, "region": self.region}
        if self.target:
            named["tool_name" if self.operation == "execute_tool" else "agent_name"] = self.target
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True, slots=True)
class Series:
    """Sums by minute, arrays of one length. ``y`` = ln(ms), ``x`` = ln(32 + output tokens), over calls that went
    well and whose output length is known; ``plain_*`` are those whose length is not."""

    key: Key
    start: datetime
    n: Floats
    failed: Floats
    plain: Floats
    known: Floats
    plain_y: Floats
    plain_yy: Floats
    y: Floats
    yy: Floats
    x: Floats
    xx: Floats
    xy: Floats

    def minute(self, index: int) -> datetime:
        """The time at which minute ``index`` begins, aware UTC."""
        return self.start + int(index) * MINUTE


def read_series(engine: Engine, start: datetime, end: datetime) -> Iterator[Series]:
    """Yield every series with calls in [start, end), both full minutes, aware UTC; in the order of their keys."""
    frame = engine.frame(QUERY, {"start": start.astimezone(UTC), "end": end.astimezone(UTC)})
    if frame.empty:
        return
    length = int((end - start) / MINUTE)
    frame["at"] = ((frame["second"] - int(start.timestamp())) // 60).astype(int)
    for key, rows in frame.groupby(list(KEYS), sort=True, observed=True):
        yield _dense(Key(*(str(part) for part in key)), start, length, rows)


def _dense(key: Key, start: datetime, length: int, rows: pd.DataFrame) -> Series:
    at = rows["at"].to_numpy()
    columns = {}
    for name in VALUES:
        column = np.zeros(length)
        column[at] = rows[name].to_numpy(dtype=float)
        columns[name] = column
    return Series(key=key, start=start, **columns)


def rolling(values: Floats, minutes: int) -> Floats:
    """Sum of the ``minutes`` up to and with each minute; no look ahead."""
    total = np.concatenate(([0.0], np.cumsum(values)))
    begin = np.maximum(0, np.arange(1, len(total)) - minutes)
    return total[1:] - total[begin]
