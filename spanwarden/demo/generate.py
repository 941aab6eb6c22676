"""A demo: a week of LLM, RAG and agent traffic with planted faults and decoys, and the key that says where they are.

    demo = generate(7, start=now - timedelta(days=7))
    for request in demo.requests(): ...        # serialized ExportTraceServiceRequest, in the order spans end
    demo.key                                   # JSON: faults, decoys, pii, unmarked, totals

One seed and start give the same bytes each time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from spanwarden.demo.calls import NONE, Calls
from spanwarden.demo.cast import MARKED_MODEL, MARKED_SERVICE, OTEL, STEPS, STREAMS, UNMARKED_VERSION
from spanwarden.demo.faults import Effect
from spanwarden.demo.key import answer_key
from spanwarden.demo.marking import DEMO_MARKING_KEY, sample_ids
from spanwarden.demo.otlp import request
from spanwarden.demo.personal import KINDS, Secret, make_secret
from spanwarden.demo.planting import LEARNING_SHARE, plant_all
from spanwarden.demo.spans import Extras
from spanwarden.demo.traffic import play

SPANS_A_REQUEST = 500
SECRETS_A_DAY = 36
UNMARKED_HOURS = (8.0, 16.0)
# What a part of the demo draws its chance from, so that more of one part changes no other.
PLANTING, TRAFFIC, ROLLOUT, SECRETS, IDS = range(5)


@dataclass(frozen=True, slots=True)
class Demo:
    """The history of a demo and its answer key."""

    seed: int
    start: datetime
    end: datetime
    calls: Calls
    extras: Extras
    effects: tuple[Effect, ...]
    key: dict[str, Any]

    def requests(self, spans: int = SPANS_A_REQUEST) -> Iterator[bytes]:
        """Yield the history as serialized ExportTraceServiceRequest messages of ``spans`` spans each."""
        for first in range(0, len(self.calls), spans):
            yield request(self.calls.at(slice(first, first + spans)), self.extras)


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
    calls = _ended_before(play(start, round(days * 1440), effects, [seed, TRAFFIC]), end)
    extras = Extras(_secrets(calls, days, seed), _token_ids(calls, seed))
    key = answer_key(seed, start, end, calls, extras, planted, rollout)
    return Demo(seed, start, end, calls, extras, effects, key)


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


def _secrets(calls: Calls, days: float, seed: int) -> dict[int, Secret]:
    """Choose calls that carry content, and what each of them gives away."""
    rng = np.random.default_rng([seed, SECRETS])
    carries = np.array([step.operation == "execute_tool" or step.operation == "chat" for step in STEPS])
    genai = np.array([stream.dialect == OTEL for stream in STREAMS])[calls.stream]
    rows = np.flatnonzero(genai & (calls.content != NONE) & (calls.step >= 0) & carries[calls.step])
    chosen = rng.choice(rows, size=min(len(rows), round(SECRETS_A_DAY * days)), replace=False)
    return {
        int(span): make_secret(KINDS[place % len(KINDS)], rng) for place, span in enumerate(np.sort(calls.span[chosen]))
    }


def _token_ids(calls: Calls, seed: int) -> dict[int, list[int]]:
    """Return the ids of every output of the model whose server marks; unmarked under the release that forgets."""
    marked_step = next(number for number, step in enumerate(STEPS) if step.target == MARKED_MODEL)
    rows = np.flatnonzero((calls.step == marked_step) & (calls.error == NONE))
    marked = calls.version[rows] == 0
    ids = sample_ids(calls.output_tokens[rows], marked, DEMO_MARKING_KEY, [seed, IDS])
    return dict(zip(calls.span[rows].tolist(), ids, strict=True))
