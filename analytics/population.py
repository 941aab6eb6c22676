"""The calls that an explanation compares: those of the incident, and those of the three days before it.

Spans that wrap others (agents, workflows) are left out where their steps are there: what hits a step hits them too and
would hide which step it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from analytics.grouping import Group
from analytics.latency import COMPOSITE
from analytics.windows import Floats
from storage.engine import Engine

BASELINE = timedelta(days=3)
# Calls read at most; beyond them whole traces are sampled, and each call then stands for several.
MOST_CALLS = 120_000

# The dimensions in the order in which a tie is decided: the more telling first.
DIMENSIONS = (
    "service", "model", "region", "operation", "tool_name", "agent_name", "provider", "service_version",
    "prompt_version", "environment",
)  # fmt: skip
SERIES = ("service", "model", "operation", "region", "tool_name")

COUNT = """
SELECT count() FROM llm_calls
WHERE tenant = {tenant:String} AND timestamp >= {start:DateTime64(9)} AND timestamp < {end:DateTime64(9)}
  AND (operation NOT IN {composite:Array(String)}) = {steps:Bool}
"""
CALLS = """
SELECT trace_id, toUnixTimestamp64Milli(timestamp) AS at, service, model, region, operation, tool_name, agent_name,
    provider, service_version, prompt_version, environment, status = 'error' AS failed, error_type,
    ln(greatest(duration_ms, 0.001)) AS y, ln(32 + assumeNotNull(ifNull(output_tokens, 0))) AS x,
    output_tokens IS NOT NULL AS known
FROM llm_calls
WHERE tenant = {tenant:String} AND timestamp >= {start:DateTime64(9)} AND timestamp < {end:DateTime64(9)}
  AND (operation NOT IN {composite:Array(String)}) = {steps:Bool}
  AND cityHash64(trace_id) % {one_in:UInt32} = 0
ORDER BY timestamp, trace_id, span_id
"""


@dataclass(frozen=True, slots=True)
class Population:
    """``during`` and ``before`` have the columns of ``CALLS``, a row a call; a call stands for ``weight`` of them."""

    during: pd.DataFrame
    before: pd.DataFrame
    weight_during: int
    weight_before: int


def read_population(engine: Engine, group: Group, end: datetime) -> Population:
    """Read the tenant's calls of the incident up to ``end`` and those of the three days before its onset."""
    steps = any(one.key.operation not in COMPOSITE for one in group.detections)
    during, weight = _read(engine, group.tenant, group.onset, end, steps)
    before, weight_before = _read(engine, group.tenant, group.onset - BASELINE, group.onset, steps)
    return Population(during, before, weight, weight_before)


def _read(engine: Engine, tenant: str, start: datetime, end: datetime, steps: bool) -> tuple[pd.DataFrame, int]:
    asked: dict[str, object] = {
        "tenant": tenant, "start": start, "end": end, "steps": steps, "composite": sorted(COMPOSITE),
    }  # fmt: skip
    count = int(engine.query(COUNT, asked).rows[0][0])
    one_in = max(1, -(-count // MOST_CALLS))
    frame = engine.frame(CALLS, {**asked, "one_in": one_in})
    if frame.empty:
        frame = pd.DataFrame(columns=[*DIMENSIONS, "trace_id", "at", "failed", "error_type", "y", "x", "known"])
    return frame, one_in


def series_codes(population: Population) -> tuple[np.ndarray, np.ndarray, int]:
    """Number the series of all calls: codes of ``during``, codes of ``before``, and how many series there are."""
    both = pd.concat([population.during[list(SERIES)], population.before[list(SERIES)]], ignore_index=True)
    codes = both.groupby(list(SERIES), observed=True, sort=True).ngroup().to_numpy()
    cut = len(population.during)
    return codes[:cut], codes[cut:], int(codes.max()) + 1 if len(codes) else 0


def columns(frame: pd.DataFrame) -> Mapping[str, Floats]:
    """Return the numbers of the calls as arrays."""
    return {name: frame[name].to_numpy(dtype=float) for name in ("y", "x", "known", "failed")}
