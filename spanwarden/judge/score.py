"""Compares what was found with what was planted.

An incident finds a fault when signal and time agree (ten minutes' grace) and its slices hold calls of the fault. Its
first slice is right when, among the calls of the fault's time, it holds at least half of those that are in either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

GRACE = timedelta(minutes=10)
SAME = 0.5


@dataclass(frozen=True, slots=True)
class Told:
    """An incident or an alarm: ``slices`` ranked, the first of them the one that is judged."""

    signal: str
    start: datetime
    detected: datetime
    end: datetime
    slices: Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A planted fault: found or not, after how long, and whether the first slice was right."""

    fault: str
    signal: str
    strength: str
    found: bool
    delay_minutes: float | None
    slice_right: bool


@dataclass(frozen=True, slots=True)
class Score:
    """One seed: its faults, and what was told without a fault."""

    outcomes: Sequence[Outcome]
    false: Sequence[Told]
    told: int


def score(key: Mapping[str, Any], told: Sequence[Told], frame: pd.DataFrame) -> Score:
    """Judge what was told against the answer key; ``frame`` has the leaf calls with the columns of ``llm_calls``."""
    faults = [(fault, _during(frame, fault)) for fault in key["faults"]]
    outcomes, matched = [], set()
    for fault, calls in faults:
        planted = in_slice(calls, fault["slice"])
        mine = [number for number, one in enumerate(told) if _finds(one, fault, calls, planted)]
        matched.update(mine)
        first = min((told[number] for number in mine), key=lambda one: one.detected, default=None)
        outcomes.append(_outcome(fault, first, calls, planted))
    return Score(outcomes, [one for number, one in enumerate(told) if number not in matched], len(told))


def in_slice(calls: pd.DataFrame, piece: Mapping[str, str]) -> np.ndarray:
    """Return which calls lie in a slice."""
    hit = np.ones(len(calls), dtype=bool)
    for name, value in piece.items():
        hit &= (calls[name] == value).to_numpy()
    return hit


def parse(text: str) -> datetime:
    """Return an aware time from RFC 3339."""
    return datetime.fromisoformat(text)


def _during(frame: pd.DataFrame, fault: Mapping[str, Any]) -> pd.DataFrame:
    return frame[(frame["timestamp"] >= parse(fault["start"])) & (frame["timestamp"] < parse(fault["end"]))]


def _finds(one: Told, fault: Mapping[str, Any], calls: pd.DataFrame, planted: np.ndarray) -> bool:
    if one.signal != fault["signal"]:
        return False
    if one.start > parse(fault["end"]) + GRACE or one.end < parse(fault["start"]) - GRACE:
        return False
    return any((in_slice(calls, piece) & planted).any() for piece in one.slices)


def _outcome(fault: Mapping[str, Any], first: Told | None, calls: pd.DataFrame, planted: np.ndarray) -> Outcome:
    delay, right = None, False
    if first is not None:
        delay = max(0.0, (first.detected - parse(fault["start"])).total_seconds() / 60)
        named = in_slice(calls, first.slices[0])
        right = bool((named & planted).sum() >= SAME * (named | planted).sum())
    return Outcome(fault["id"], fault["signal"], fault["strength"], first is not None, delay, right)
