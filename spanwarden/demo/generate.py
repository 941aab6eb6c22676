"""A demo: a week of LLM, RAG and agent traffic with planted faults and decoys, and the key that says where they are.

    demo = generate(7, start=now - timedelta(days=7))
    for request in demo.requests(): ...        # serialized ExportTraceServiceRequest, in the order spans end
    for request in demo.log_requests(): ...    # ExportLogsServiceRequest
    for request in demo.metric_requests(): ... # ExportMetricsServiceRequest
    demo.key                                   # JSON: faults, decoys, pii, unmarked, totals

One seed and start give the same bytes each time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from spanwarden.demo.calls import Calls, join
from spanwarden.demo.cast import MARKED_SERVICE, UNMARKED_VERSION
from spanwarden.demo.engines import Shift, shifts
from spanwarden.demo.extras import make_extras
from spanwarden.demo.faults import Effect
from spanwarden.demo.key import answer_key
from spanwarden.demo.measures import count_points, metric_requests
from spanwarden.demo.otlp import request
from spanwarden.demo.planting import LEARNING_SHARE, MINUTE_NS, plant_all
from spanwarden.demo.records import count_records, log_requests
from spanwarden.demo.scenes import play_scenes
from spanwarden.demo.spans import Extras
from spanwarden.demo.traffic import play

SPANS_A_REQUEST = 500
SCRAPE_S = 300
UNMARKED_HOURS = (8.0, 16.0)
# What a part of the demo draws its chance from, so that more of one part changes no other.
PLANTING, TRAFFIC, ROLLOUT, EXTRAS, SCENES, ENGINES = range(6)


@dataclass(frozen=True, slots=True)
class Demo:
    """The history of a demo and its answer key."""

    seed: int
    start: datetime
    end: datetime
    calls: Calls
    extras: Extras
    shifts: tuple[Shift, ...]
    effects: tuple[Effect, ...]
    key: dict[str, Any]

    @property
    def still_open(self) -> tuple[Effect, ...]:
        """The faults that have not ended when the history does."""
        end_ns = round(self.end.timestamp() * 1e9) // MINUTE_NS * MINUTE_NS
        return tuple(effect for effect in self.effects if effect.end_ns >= end_ns and not effect.version)

    def requests(self, spans: int = SPANS_A_REQUEST) -> Iterator[bytes]:
        """Yield the history as serialized ExportTraceServiceRequest messages of ``spans`` spans each."""
        for first in range(0, len(self.calls), spans):
            yield request(self.calls.at(slice(first, first + spans)), self.extras)

    def log_requests(self) -> Iterator[bytes]:
        """Yield the log records of the history as serialized ExportLogsServiceRequest messages."""
        return log_requests(self.calls)

    def metric_requests(self) -> Iterator[bytes]:
        """Yield what the inference engines measured as serialized ExportMetricsServiceRequest messages."""
        return metric_requests(self.shifts)


def generate(seed: int, *, start: datetime, days: float = 7, faults: bool = True) -> Demo:
    """Make the demo of ``seed`` that starts at ``start`` (aware). Without ``faults`` only decoys are planted.

    The first two sevenths of the time are free of both, for detectors to learn. A fault still open at the end stops
    there. Raises ValueError for a naive ``start`` or less than an hour.
    """
    if start.tzinfo is None or days < 1 / 24:
        raise ValueError("a demo needs a start with a time zone and at least an hour")
    end = start + timedelta(days=days)
    planted = plant_all(start, days, faults, np.random.default_rng([seed, PLANTING]))
    rollout = _rollout(start, days, np.random.default_rng([seed, ROLLOUT]))
    effects = (*(effect for plant in planted for effect in plant.effects), rollout)
    minutes = round(days * 1440)
    crowd, scenes = play(start, minutes, effects, [seed, TRAFFIC]), play_scenes(start, minutes, [seed, SCENES])
    calls = _ended_before(join([crowd, scenes]), end)
    extras = make_extras(calls, days, [seed, EXTRAS])
    engines = tuple(shifts(start, minutes, SCRAPE_S, [seed, ENGINES]))
    key = answer_key(seed, start, end, calls, extras, planted, rollout)
    key["signals"] = {"log_records": count_records(calls), "metric_points": count_points(engines)}
    return Demo(seed, start, end, calls, extras, engines, effects, key)


def _ended_before(calls: Calls, end: datetime) -> Calls:
    """Leave out what has not ended yet: an exporter would not have sent it."""
    return calls.at(calls.end_ns <= round(end.timestamp() * 1e9))


def _rollout(start: datetime, days: float, rng: np.random.Generator) -> Effect:
    """A release of the marking service that forgets to mark, taken back some hours later."""
    hours = min(rng.uniform(*UNMARKED_HOURS), days * 24 / 4)
    begin = start + timedelta(days=days * rng.uniform(LEARNING_SHARE, 0.75))
    begin_ns = round(begin.timestamp()) * 10**9
    part = {"service": MARKED_SERVICE}
    return Effect(part, begin_ns, begin_ns + int(hours * 3600) * 10**9, version=UNMARKED_VERSION)
