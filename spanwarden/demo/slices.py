"""A slice of the traffic: the calls with certain values in certain dimensions, named as ``llm_calls`` columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from spanwarden.demo.cast import STREAMS
from spanwarden.demo.rhythm import rates
from spanwarden.demo.roles import Step, Stream

Slice = Mapping[str, str]


def stream_matches(stream: Stream, part: Slice) -> bool:
    """Whether some spans of ``stream`` may lie in the slice, by what all its spans share."""
    own = {"service": stream.service, "region": stream.region, "agent_name": stream.agent_name}
    return all(part.get(name, value) == value for name, value in own.items())


def step_matches(step: Step, part: Slice) -> bool:
    """Whether spans of ``step`` lie in the slice, as far as the step decides."""
    own = {"operation": step.operation, "model": step.model.name if step.model else "", "tool_name": step.tool_name}
    return all(part.get(name, value) == value for name, value in own.items())


def version_share(stream: Stream, part: Slice) -> float:
    """The share of the stream's traffic that runs the slice's version."""
    return dict(stream.versions).get(part["service_version"], 0.0) if "service_version" in part else 1.0


def calls_per_minute(part: Slice, start: datetime, minutes: int) -> NDArray[np.float64]:
    """Return the calls a minute that the slice expects in each minute from ``start``."""
    total = np.zeros(minutes)
    for stream in STREAMS:
        if stream_matches(stream, part):
            calls = sum(count for step, count in expected_steps(stream) if step_matches(step, part))
            total += rates(stream, start, minutes) * calls * version_share(stream, part)
    return total


def expected_steps(stream: Stream) -> Iterator[tuple[Step, float]]:
    """Yield each step of the stream with how often an average trace takes it."""
    turns = sum(count * share for count, share in enumerate(stream.turns))
    for step in stream.steps:
        yield step, 1.0
    for tool, weight in stream.tools:
        yield tool, turns * weight
        yield stream.steps[-1], turns * weight
