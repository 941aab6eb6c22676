"""What most people have: a fixed threshold on each service, as the detectors' rival in the same run.

Five-minute windows by service. Latency: the 95th percentile is above one and a half times that of the first two days
(which are free of faults). Failures: more than 5 % of at least ten calls. Two windows in a row raise an alarm.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pandas as pd

from spanwarden.judge.score import Told

WINDOW = timedelta(minutes=5)
FACTOR, QUANTILE = 1.5, 0.95
LEAST_CALLS, SHARE = 10, 0.05
FREE_OF_FAULTS = timedelta(days=2)
CLEAR = timedelta(minutes=10)


def alarms(frame: pd.DataFrame, start: datetime) -> list[Told]:
    """Return the alarms on leaf calls, each with its service as the only slice."""
    return [alarm for service, calls in frame.groupby("service") for alarm in _of_service(str(service), calls, start)]


def _of_service(service: str, calls: pd.DataFrame, start: datetime) -> Iterator[Told]:
    indexed = calls.set_index("timestamp").sort_index()
    well = indexed[indexed["status"] == "ok"]["duration_ms"]
    usual = well[: start + FREE_OF_FAULTS].quantile(QUANTILE)
    latency = well.resample(WINDOW).agg(["count", lambda window: window.quantile(QUANTILE)]).iloc[:, :2]
    slow = (latency.iloc[:, 0] >= LEAST_CALLS) & (latency.iloc[:, 1] > FACTOR * usual)
    failed = (indexed["status"] == "error").resample(WINDOW).agg(["count", "mean"])
    failing = (failed["count"] >= LEAST_CALLS) & (failed["mean"] > SHARE)
    yield from _alarms("latency", service, slow)
    yield from _alarms("failures", service, failing)


def _alarms(signal: str, service: str, raised: pd.Series) -> Iterator[Told]:
    """Join windows in alarm that lie close together."""
    run: list[datetime] = []
    for at in raised[raised & raised.shift(1, fill_value=False)].index:
        if run and at - run[-1] > CLEAR:
            yield _told(signal, service, run)
            run = []
        run.append(at)
    if run:
        yield _told(signal, service, run)


def _told(signal: str, service: str, run: list[datetime]) -> Told:
    return Told(signal, run[0] - WINDOW, run[0] + WINDOW, run[-1] + WINDOW, ({"service": service},))
