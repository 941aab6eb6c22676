"""What each call of an incident would have done normally, from the calls before it.

Latency: the usual ln(ms) of its series (median) plus what its output length adds (least squares slope within the
series). Failures: the usual share of its series, drawn towards the share of all where it had few calls.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.length import STEEPEST, USUAL_SLOPE
from analytics.population import Population, columns, series_codes
from analytics.windows import Floats

ENOUGH = 50
PRIOR_CALLS = 20.0
LEAST_SHARE = 0.002
# A residual beyond so many deviations says no more than one at it (Huber's psi).
CLIP = 4.0


@dataclass(frozen=True, slots=True)
class Expected:
    """By call of ``during``: ``usable`` (its series was seen before), ``expected`` (ln ms, or share), ``residual``.

    ``before`` are the residuals of the baseline's calls, nan where unusable; ``spread`` is their deviation.
    ``length`` and ``mix`` say how much of the change of the mean comes from longer outputs and from other calls.
    """

    usable: NDArray[np.bool_]
    expected: Floats
    residual: Floats
    before: Floats
    spread: float
    length: float
    mix: float


def expected_latency(population: Population) -> Expected:
    """Compare durations of calls that went well, in ln(ms)."""
    code, code_before, count = series_codes(population)
    now, was = columns(population.during), columns(population.before)
    good = was["failed"] == 0
    slope = _slopes(code_before[good], was["x"][good], was["y"][good], was["known"][good] > 0, count)
    flat = was["y"] - slope[code_before] * was["x"] * was["known"]
    centre = _medians(code_before[good], flat[good], count)
    before = np.where(good, flat - centre[code_before], np.nan)
    spread = max(0.05, 1.4826 * float(np.nanmedian(np.abs(before)))) if good.any() else 1.0
    expected = centre[code] + slope[code] * now["x"] * now["known"]
    usable = ~np.isnan(expected) & (now["failed"] == 0)
    residual = np.where(usable, np.clip(now["y"] - expected, -CLIP * spread, CLIP * spread), 0.0)
    length, mix = _parts(code, code_before, now, was, slope, usable, good)
    return Expected(usable, expected, residual, before, spread, length, mix)


def expected_failures(population: Population) -> Expected:
    """Compare failures: ``residual`` is 1 or 0 less the expected share."""
    code, code_before, count = series_codes(population)
    now, was = columns(population.during), columns(population.before)
    calls = np.bincount(code_before, minlength=count).astype(float)
    failed = np.bincount(code_before, weights=was["failed"], minlength=count)
    overall = max(LEAST_SHARE, float(failed.sum() / max(calls.sum(), 1.0)))
    share = np.maximum(LEAST_SHARE, (failed + overall * PRIOR_CALLS) / (calls + PRIOR_CALLS))
    expected = share[code]
    usable = np.ones(len(code), dtype=bool)
    return Expected(usable, expected, now["failed"] - expected, was["failed"], 1.0, 0.0, 0.0)


def _slopes(code: NDArray[np.intp], x: Floats, y: Floats, known: NDArray[np.bool_], count: int) -> Floats:
    n, sx, sy = (
        np.bincount(code[known], weights=w, minlength=count) for w in (np.ones(known.sum()), x[known], y[known])
    )
    safe = np.maximum(n, 1.0)
    dx = x[known] - (sx / safe)[code[known]]
    dy = y[known] - (sy / safe)[code[known]]
    over = np.bincount(code[known], weights=dx * dy, minlength=count)
    under = np.bincount(code[known], weights=dx * dx, minlength=count)
    fitted = np.divide(over, under, out=np.full(count, USUAL_SLOPE), where=(under > 1e-6) & (n >= ENOUGH))
    slopes: Floats = np.clip(fitted, 0.0, STEEPEST)
    return slopes


def _medians(code: NDArray[np.intp], values: Floats, count: int) -> Floats:
    """Return the median of each series' values; nan where it has fewer than five."""
    order = np.lexsort((values, code))
    sizes = np.bincount(code, minlength=count)
    starts = np.concatenate(([0], np.cumsum(sizes)))[:-1]
    ordered = np.append(values[order], np.nan)
    low = ordered[np.minimum(starts + np.maximum(sizes - 1, 0) // 2, len(values))]
    high = ordered[np.minimum(starts + sizes // 2, len(values))]
    return np.where(sizes >= 5, (low + high) / 2, np.nan)


def _parts(
    code: NDArray[np.intp], code_before: NDArray[np.intp], now: Mapping[str, Floats], was: Mapping[str, Floats],
    slope: Floats, usable: NDArray[np.bool_], good: NDArray[np.bool_],
) -> tuple[float, float]:  # fmt: skip
    """Split what the change of the mean ln(ms) owes to output length and to which calls there were (Kitagawa 1955)."""
    if not usable.any() or not good.any():
        return 0.0, 0.0
    count = len(slope)
    n_now, n_was = (np.bincount(c, minlength=count).astype(float) for c in (code[usable], code_before[good]))
    both = (n_now > 0) & (n_was > 0)
    p_now, p_was = n_now / max(n_now.sum(), 1.0), n_was / max(n_was.sum(), 1.0)
    x_now = np.bincount(code[usable], weights=(now["x"] * now["known"])[usable], minlength=count) / np.maximum(n_now, 1)
    x_was = np.bincount(code_before[good], weights=(was["x"] * was["known"])[good], minlength=count)
    y_was = np.bincount(code_before[good], weights=was["y"][good], minlength=count) / np.maximum(n_was, 1)
    length = float((p_now * slope * (x_now - x_was / np.maximum(n_was, 1)))[both].sum())
    mix = float(((p_now - p_was) * y_was)[both].sum())
    return length, mix
