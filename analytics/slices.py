"""Which slice of the calls moved: the one whose excess over the expected is least likely to be chance.

For each conjunction of up to three dimensions the log-likelihood ratio of "this slice has its own level" against "all
is as expected" is computed from sums: expectation-based scan statistics, Gaussian for latency and Poisson for failures
(Kulldorff 1997; Neill, Int. J. Forecasting 25, 2009). A dimension more must pay for itself (BIC, Schwarz 1978). Slices
that hold exactly the same calls are one; the one with the fewest and most telling dimensions names it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from analytics.windows import Floats

DEPTH = 3
# A further cause must explain so much of the whole, and be no chance.
LEAST_SHARE, LEAST_GAIN = 0.1, 12.0
MOST_CAUSES = 5
LEAST_CALLS = 5

# (sum of excess, sum of weight) by slice -> log-likelihood ratio by slice, 0 where nothing is raised
Gain = Callable[[Floats, Floats], Floats]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Dimension:
    """One attribute of every call: ``codes[i]`` is the place of call i's value in ``values``."""

    name: str
    codes: NDArray[np.intp]
    values: Sequence[str]


@dataclass(frozen=True, slots=True)
class Cause:
    """A slice that moved; ``where`` is empty for all calls. ``share`` is its part of the whole excess, 0 to 1."""

    where: Mapping[str, str]
    mask: Mask
    share: float
    gain: float


def gaussian_gain(variance: float) -> Gain:
    """Gain of a mean above 0: excess is the sum of residuals, weight the number of calls."""

    def gain(excess: Floats, weight: Floats) -> Floats:
        raised: Floats = np.maximum(excess, 0.0) ** 2 / (2.0 * variance * np.maximum(weight, 1.0))
        return raised

    return gain


def poisson_gain(excess: Floats, expected: Floats) -> Floats:
    """Gain of a rate above the expected: excess is observed - expected, weight the expected number."""
    base = np.maximum(expected, 1e-9)
    observed = np.maximum(excess + base, base)
    gain: Floats = observed * np.log(observed / base) - (observed - base)
    return gain


def find_causes(
    dimensions: Sequence[Dimension], excess: Floats, weight: Floats, gain: Gain
) -> tuple[list[Cause], float]:
    """Return the slices that moved, ranked, and the share of the excess that none of them explains.

    ``excess`` and ``weight`` are by call. Each cause is looked for among the calls that the ones before it leave.
    """
    left = np.ones(len(excess), dtype=bool)
    whole = 0.0
    causes: list[Cause] = []
    while len(causes) < MOST_CAUSES:
        best = _best(dimensions, np.where(left, excess, 0.0), np.where(left, weight, 0.0), left, gain)
        if best is None or best.gain < LEAST_GAIN:
            break
        raised = float(excess[best.mask].sum())
        whole = whole or _whole(raised, excess, weight, best.mask)
        share = min(1.0, raised / whole)
        if causes and share < LEAST_SHARE:
            break
        causes.append(Cause(best.where, best.mask, share, best.gain))
        left &= ~best.mask
    unexplained = max(0.0, 1.0 - sum(cause.share for cause in causes)) if causes else 1.0
    return causes, unexplained


def _whole(raised: float, excess: Floats, weight: Floats, mask: Mask) -> float:
    """All of the excess; what is below the expected elsewhere takes nothing away from it."""
    return raised + max(0.0, float(excess[~mask].sum()))


def _best(dimensions: Sequence[Dimension], excess: Floats, weight: Floats, left: Mask, gain: Gain) -> Cause | None:
    count = int(left.sum())
    if not count:
        return None
    price = math.log(max(count, 2))
    total = gain(np.full(1, excess.sum()), np.full(1, weight.sum()))
    top = float(total[0])
    choice: tuple[tuple[Dimension, ...], int] = ((), 0)
    varying = [one for one in dimensions if len(np.unique(one.codes[left])) > 1]
    for chosen, codes, slices in _conjunctions(varying):
        sums: Floats = np.bincount(codes, weights=excess, minlength=slices).astype(float)
        weights: Floats = np.bincount(codes, weights=weight, minlength=slices).astype(float)
        calls = np.bincount(codes[left], minlength=slices)
        gains = np.where(calls >= LEAST_CALLS, gain(sums, weights), 0.0) - price * len(chosen)
        at = int(np.argmax(gains))
        # A tie goes to what came first: fewer dimensions, and the more telling ones.
        if gains[at] > top + 1e-9 * abs(top):
            top, choice = float(gains[at]), (chosen, at)
    where, mask = _name(varying, choice, left)
    return Cause(where, mask, 0.0, top)


def _conjunctions(
    dimensions: Sequence[Dimension],
) -> Iterator[tuple[tuple[Dimension, ...], NDArray[np.intp], int]]:
    """Yield each set of up to three dimensions with the code of every call in it and how many codes there are."""
    for depth in range(1, DEPTH + 1):
        for chosen in combinations(dimensions, depth):
            codes, slices = chosen[0].codes, len(chosen[0].values)
            for one in chosen[1:]:
                codes, slices = codes * len(one.values) + one.codes, slices * len(one.values)
            if slices > 4 * len(codes):
                kept, codes = np.unique(codes, return_inverse=True)
                slices = len(kept)
            yield chosen, codes, slices


def _name(
    dimensions: Sequence[Dimension], choice: tuple[tuple[Dimension, ...], int], left: Mask
) -> tuple[dict[str, str], Mask]:
    chosen, at = choice
    if not chosen:
        return {}, left.copy()
    codes = next(codes for members, codes, _ in _conjunctions(chosen) if len(members) == len(chosen))
    mask = (codes == at) & left
    first = int(np.flatnonzero(mask)[0])
    return {one.name: one.values[one.codes[first]] for one in chosen}, mask
