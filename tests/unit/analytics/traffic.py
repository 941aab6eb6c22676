"""Series and calls drawn at random, as the roll-ups would have summed them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np

from analytics.windows import VALUES, Key, Series

START = datetime(2026, 11, 2, tzinfo=UTC)
DAY = 1_440
KEY = Key("default", "shop", "gpt-4o-mini", "chat", "", "eu-west-1")


@dataclass(frozen=True)
class Change:
    """What holds in the minutes [begin, end): durations by a factor, failures at a rate, outputs by a factor."""

    begin: int
    end: int
    slower: float = 1.0
    failing: float | None = None
    longer: float = 1.0


def traffic(
    seed: int,
    minutes: int,
    *changes: Change,
    a_minute: float = 10.0,
    failing: float = 0.01,
    spread: float = 0.4,
    drift: float = 0.0,
    daily: float = 0.0,
    clumped: float = 0.0,
    tail: float | None = None,
    lengths: bool = True,
    key: Key = KEY,
) -> Series:
    """Draw Poisson arrivals with log-normal (or, with ``tail``, Student-t) ln(ms) that grows with the output length.

    ``drift`` is the deviation of an autoregressive level, ``daily`` the swing of a daily one, ``clumped`` the
    over-dispersion of failures (a beta's rho).
    """
    rng = np.random.default_rng(seed)
    at = np.repeat(np.arange(minutes), rng.poisson(a_minute, minutes))
    level = np.zeros(minutes)
    if drift:
        steps = rng.normal(0, drift * np.sqrt(1 - 0.99**2), minutes)
        for minute in range(1, minutes):
            level[minute] = 0.99 * level[minute - 1] + steps[minute]
    level += daily * np.sin(2 * np.pi * np.arange(minutes) / DAY)
    rate = np.full(minutes, failing)
    if clumped:
        rate = rng.beta(failing * (1 - clumped) / clumped, (1 - failing) * (1 - clumped) / clumped, minutes)
    slower, longer = np.ones(minutes), np.ones(minutes)
    for change in changes:
        part = slice(change.begin, change.end)
        slower[part] *= change.slower
        longer[part] *= change.longer
        rate[part] = rate[part] if change.failing is None else change.failing
    x = np.log(32 + rng.lognormal(5.0, 0.7, len(at)) * longer[at])
    noise = spread * (rng.normal(size=len(at)) if tail is None else rng.standard_t(tail, len(at)))
    y = 2.0 + 0.9 * x + level[at] + np.log(slower[at]) + noise
    return summed(key, minutes, at, rng.random(len(at)) < rate[at], x, y, lengths)


def summed(
    key: Key, minutes: int, at: np.ndarray, failed: np.ndarray, x: np.ndarray, y: np.ndarray, lengths: bool
) -> Series:
    """Sum calls by minute; without ``lengths`` no call says how long its output is."""
    well = ~failed

    def total(values: np.ndarray, of: np.ndarray) -> np.ndarray:
        return np.bincount(at[of], weights=values[of], minlength=minutes).astype(float)

    one = np.ones(len(at))
    zero = np.zeros(minutes)
    counts = {"n": total(one, one > 0), "failed": total(one, failed)}
    if lengths:
        known = {"known": total(one, well), "y": total(y, well), "yy": total(y * y, well), "x": total(x, well)}
        known |= {"xx": total(x * x, well), "xy": total(x * y, well)}
        values = {**counts, "plain": zero, "plain_y": zero, "plain_yy": zero, **known}
    else:
        values = {**counts, "plain": total(one, well), "plain_y": total(y, well), "plain_yy": total(y * y, well)}
        values |= dict.fromkeys(("known", "y", "yy", "x", "xx", "xy"), zero)
    return Series(key, START, **{name: values[name] for name in VALUES})


def cut(series: Series, minutes: int) -> Series:
    """Return the first ``minutes`` of a series: what a detector had at that time."""
    return replace(series, **{name: getattr(series, name)[:minutes] for name in VALUES})
