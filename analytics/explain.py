"""Why an incident is: the slices that moved, what they took and would have taken, examples, and whom it reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import pandas as pd

from analytics.expected import Expected, expected_failures, expected_latency
from analytics.grouping import Group
from analytics.population import DIMENSIONS, Population, read_population
from analytics.slices import Cause, Dimension, Mask, find_causes, gaussian_gain, poisson_gain
from storage.engine import Engine

EXAMPLES = 3
UNITS = {"latency": "ms", "failures": "share"}


@dataclass(frozen=True, slots=True)
class Reason:
    """A slice with what it showed during the incident and what was to be expected of the same calls."""

    where: Mapping[str, str]
    share: float
    selection: float
    baseline: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """``observed`` and ``expected`` are of the first reason's calls, or of all that were looked at without one.

    ``change`` splits the change of the mean ln(ms) of all calls: ``within`` the same kind of call, by output
    ``length``, by the ``mix`` of calls; empty for failures.
    """

    observed: float
    expected: float
    reasons: Sequence[Reason]
    unexplained: float
    bad: Sequence[str]
    good: Sequence[str]
    change: Mapping[str, float] = field(default_factory=dict)


def explain(engine: Engine, group: Group, end: datetime) -> Explanation | None:
    """Explain one incident up to ``end``; None when its calls are not stored any more or nothing was there before."""
    population = read_population(engine, group, end)
    if population.during.empty or population.before.empty:
        return None
    if group.signal == "latency":
        normal = expected_latency(population)
        gain = gaussian_gain(normal.spread**2)
        excess, weight = normal.residual, normal.usable.astype(float)
    else:
        normal = expected_failures(population)
        gain = poisson_gain
        excess, weight = normal.residual, normal.expected
    if not normal.usable.any():
        return None
    causes, unexplained = find_causes(
        _dimensions(population.during), excess * population.weight_during, weight * population.weight_during, gain
    )
    reasons = [_reason(cause, group.signal, population.during, normal) for cause in causes]
    first = causes[0].mask if causes else normal.usable
    whole = reasons[0] if reasons else _reason(Cause({}, first, 1.0, 0.0), group.signal, population.during, normal)
    return Explanation(
        observed=whole.selection,
        expected=whole.baseline,
        reasons=reasons,
        unexplained=unexplained,
        bad=_bad(population.during, first & normal.usable, normal, group),
        good=_good(population, causes[0].where if causes else {}, normal),
        change=_change(population, normal) if group.signal == "latency" else {},
    )


def _dimensions(calls: pd.DataFrame) -> list[Dimension]:
    found = []
    for name in DIMENSIONS:
        codes, values = pd.factorize(calls[name], sort=True)
        found.append(Dimension(name, codes, [str(value) for value in values]))
    return found


def _reason(cause: Cause, signal: str, calls: pd.DataFrame, normal: Expected) -> Reason:
    mask = cause.mask & normal.usable
    if signal == "latency":
        # The typical (geometric mean) duration, and what the same calls with the same lengths took before.
        observed = float(np.exp(calls["y"].to_numpy(dtype=float)[mask].mean())) if mask.any() else 0.0
        expected = float(np.exp(normal.expected[mask].mean())) if mask.any() else 0.0
    else:
        observed = float(calls["failed"].to_numpy(dtype=float)[mask].mean()) if mask.any() else 0.0
        expected = float(normal.expected[mask].mean()) if mask.any() else 0.0
    where = {name: value for name, value in cause.where.items() if value}
    return Reason(where, cause.share, observed, expected)


def _bad(calls: pd.DataFrame, mask: Mask, normal: Expected, group: Group) -> list[str]:
    """Failed calls of different kinds, or calls of the slowest tenth, those nearest to the peak first."""
    peak = group.worst.peak.timestamp() * 1000
    away = np.abs(calls["at"].to_numpy(dtype=float) - peak)
    if group.signal == "failures":
        mask = mask & (calls["failed"].to_numpy(dtype=float) > 0)
        failed = calls[mask].assign(away=away[mask])
        kinds = failed.sort_values("away").groupby("error_type", sort=False)
        ranked = failed.assign(turn=kinds.cumcount()).sort_values(["turn", "away"], kind="stable")
        return _distinct(ranked["trace_id"])
    slow = mask & (normal.residual >= np.quantile(normal.residual[mask], 0.9)) if mask.any() else mask
    ranked = calls[slow].assign(away=away[slow]).sort_values("away", kind="stable")
    return _distinct(ranked["trace_id"])


def _good(population: Population, where: Mapping[str, str], normal: Expected) -> list[str]:
    """The latest calls of the same slice before it began that were as usual."""
    before = population.before
    same = np.ones(len(before), dtype=bool)
    for name, value in where.items():
        same &= (before[name] == value).to_numpy()
    usual = np.abs(np.nan_to_num(normal.before, nan=np.inf)) <= 0.5 * normal.spread
    fine = same & usual & (before["failed"].to_numpy(dtype=float) == 0)
    return _distinct(before["trace_id"][fine][::-1])


def _distinct(traces: pd.Series) -> list[str]:
    return [str(trace) for trace in traces.drop_duplicates().head(EXAMPLES)]


def _change(population: Population, normal: Expected) -> dict[str, float]:
    y, was = population.during["y"].to_numpy(dtype=float), population.before["y"].to_numpy(dtype=float)
    good = ~np.isnan(normal.before)
    total = float(y[normal.usable].mean() - was[good].mean())
    parts = {"length": normal.length, "mix": normal.mix}
    return {"within": total - normal.length - normal.mix, **parts}
