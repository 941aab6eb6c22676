"""The sample of real LLM workloads: how requests follow each other, and how many tokens they take and give.

``workload.csv`` names its sources and licences in its first lines; ``derive.py`` makes it.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

SAMPLE = files("spanwarden.demo").joinpath("workload.csv")

RUN = 500


@dataclass(frozen=True, slots=True)
class Trace:
    """A stretch of one trace: gaps (ratio to their mean) and each request's (input, output) tokens."""

    gaps: NDArray[np.float64]
    tokens: NDArray[np.int64]

    def arrivals(self, rng: np.random.Generator, duration: float) -> NDArray[np.float64]:
        """Return arrival times in [0, duration) at a mean rate of one a unit, in the trace's own rhythm.

        Runs of the trace follow each other as they were recorded, each from a random place, so bursts stay bursts;
        each run is brought to a mean gap of one, so the rate over hours is the one asked for.
        """
        starts = rng.integers(0, len(self.gaps), size=int(duration) // RUN + 2)
        runs = self.gaps[(starts[:, None] + np.arange(RUN)) % len(self.gaps)]
        times = np.cumsum(runs / runs.mean(axis=1, keepdims=True))
        return np.asarray(times[times < duration], dtype=np.float64)

    def draw(self, rng: np.random.Generator, size: int) -> NDArray[np.int64]:
        """Return ``size`` pairs of (input, output) tokens, as pairs of the trace: [size, 2]."""
        return np.asarray(self.tokens[rng.integers(0, len(self.tokens), size=size)])


@lru_cache(maxsize=1)
def load_workload() -> Mapping[str, Trace]:
    """Return the sample's traces by name: conversation, code, long."""
    with SAMPLE.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    return {name: _trace([row for row in rows if row["trace"] == name]) for name in {row["trace"] for row in rows}}


def _trace(rows: list[dict[str, str]]) -> Trace:
    gaps = np.array([float(row["gap"]) for row in rows])
    tokens = np.array([(int(row["input_tokens"]), int(row["output_tokens"])) for row in rows], dtype=np.int64)
    return Trace(gaps, tokens)
