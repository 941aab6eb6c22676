"""What is planted: faults that should be found, and decoys that look like faults and are none.

A fault changes how a slice behaves for 20 to 90 minutes. A decoy changes the traffic: longer outputs take longer, a
shift to a slower model raises the average, a peak brings more of everything, one failure in ten calls is nothing yet.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from spanwarden.demo.cast import SPARSE_SERVICE
from spanwarden.demo.slices import Slice

Signal = Literal["latency", "failures"]
Strength = Literal["strong", "weak"]
FAULT_KINDS: tuple[Signal, ...] = ("latency", "failures")


@dataclass(frozen=True, slots=True)
class Effect:
    """A change to the calls of a slice between two times (unix ns). ``failure_rate`` replaces the usual one;
    ``version`` is the release that all traffic of the slice runs meanwhile."""

    part: Slice
    start_ns: int
    end_ns: int
    latency: float = 1.0
    failure_rate: float | None = None
    error_type: str = ""
    outputs: float = 1.0
    traffic: float = 1.0
    one_failure: bool = False
    version: str = ""


@dataclass(frozen=True, slots=True)
class Plant:
    """A kind of fault or decoy that can be planted, and the traffic (calls a minute) that it needs throughout."""

    kind: str
    parts: tuple[Slice, ...]
    minutes: tuple[int, int]
    least_traffic: float
    strength: Strength = "strong"


@dataclass(frozen=True, slots=True)
class Planted:
    """One plant in its place. ``size`` is the latency factor, the failure rate, or the decoy's factor."""

    plant: Plant
    part: Slice
    size: float
    effects: tuple[Effect, ...] = field(default=())


_MAIN = {"service": "chat-assistant", "model": "gpt-4o-mini", "region": "eu-west-1"}
_WIDE: tuple[Slice, ...] = (
    _MAIN,
    {"service": "chat-assistant", "model": "gpt-4o-mini", "region": "us-east-1"},
    {"service": "chat-assistant", "model": "gpt-4o"},
    {"service": "chat-assistant", "service_version": "4.3.0"},
    {"model": "claude-sonnet-4-5", "region": "us-east-1"},
    {"model": "claude-sonnet-4-5"},
    {"service": "rag-search", "operation": "retrieval"},
    {"service": "coding-agent", "tool_name": "run_tests"},
)
_BUSY: tuple[Slice, ...] = (
    _MAIN,
    {"service": "chat-assistant", "model": "gpt-4o-mini", "region": "us-east-1"},
)
_BUSIEST: tuple[Slice, ...] = (_MAIN, {"service": "chat-assistant", "model": "gpt-4o-mini"})

STRONG_LATENCY = Plant("latency", _WIDE, (25, 60), 1.5)
STRONG_FAILURES = Plant("failures", _WIDE, (20, 50), 1.5)
WEAK_LATENCY = Plant("latency", _BUSY, (60, 90), 4.0, "weak")
WEAK_FAILURES = Plant("failures", _BUSIEST, (60, 90), 18.0, "weak")
FAULTS = (WEAK_FAILURES, WEAK_LATENCY, STRONG_LATENCY, STRONG_FAILURES, STRONG_LATENCY)
RECENT = (STRONG_LATENCY, STRONG_FAILURES)

LONGER_OUTPUTS = Plant("longer_outputs", ({"service": "chat-assistant"}, {"service": "rag-search"}), (45, 90), 2.0)
MIX_SHIFT = Plant("mix_shift", ({"service": "chat-assistant", "region": "eu-west-1"},), (60, 120), 4.0)
TRAFFIC_PEAK = Plant("traffic_peak", ({"service": "chat-assistant"}, {"service": "rag-search"}), (30, 75), 2.0)
ONE_IN_TEN = Plant("one_in_ten", ({"service": SPARSE_SERVICE},), (90, 150), 0.08)
DECOYS = (LONGER_OUTPUTS, MIX_SHIFT, TRAFFIC_PEAK, ONE_IN_TEN)

ERROR_TYPES = ("rate_limit_exceeded", "server_error", "timeout", "connection_error")
# And what fails in the scenes besides.
TOOL_ERROR = len(ERROR_TYPES)
ERRORS = (*ERROR_TYPES, "tool_error")


def place(plant: Plant, part: Slice, start_ns: int, end_ns: int, rng: np.random.Generator) -> Planted:
    """Draw the size of a plant and spell out what it does."""
    if plant.kind == "latency":
        size = 1.5 if plant.strength == "weak" else float(np.round(rng.uniform(2.5, 4.0), 2))
        return Planted(plant, part, size, (Effect(part, start_ns, end_ns, latency=size),))
    if plant.kind == "failures":
        size = 0.05 if plant.strength == "weak" else float(np.round(rng.uniform(0.2, 0.4), 2))
        error = str(rng.choice(ERROR_TYPES[:3]))
        return Planted(plant, part, size, (Effect(part, start_ns, end_ns, failure_rate=size, error_type=error),))
    return _decoy(plant, part, start_ns, end_ns, float(np.round(rng.uniform(2.0, 3.0), 2)))


def _decoy(plant: Plant, part: Slice, start_ns: int, end_ns: int, size: float) -> Planted:
    if plant is LONGER_OUTPUTS:
        return Planted(plant, part, size, (Effect(part, start_ns, end_ns, outputs=size),))
    if plant is TRAFFIC_PEAK:
        return Planted(plant, part, size, (Effect(part, start_ns, end_ns, traffic=size),))
    if plant is ONE_IN_TEN:
        return Planted(plant, part, 0.1, (Effect(part, start_ns, end_ns, one_failure=True),))
    slower, faster = {**part, "model": "gpt-4o"}, {**part, "model": "gpt-4o-mini"}
    shift = (Effect(slower, start_ns, end_ns, traffic=2 * size), Effect(faster, start_ns, end_ns, traffic=0.5))
    return Planted(plant, part, 2 * size, shift)
