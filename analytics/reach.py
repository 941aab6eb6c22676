"""How many calls, traces, users and sessions an incident reached, counted exactly in the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from analytics.latency import COMPOSITE
from analytics.population import DIMENSIONS
from storage.engine import Engine

REACH = """
SELECT count() AS calls, uniqExact(trace_id) AS traces, uniqExactIf(user_id, user_id != '') AS users,
    uniqExactIf(session_id, session_id != '') AS sessions
FROM llm_calls
WHERE tenant = {tenant:String} AND timestamp >= {start:DateTime64(9)} AND timestamp < {end:DateTime64(9)}
  AND (status = 'error' OR NOT {failed:Bool})
  AND (operation NOT IN {composite:Array(String)} OR NOT {steps:Bool})
"""


@dataclass(frozen=True, slots=True)
class Reach:
    """Calls of the slices that moved, and the traces, users and sessions that these belong to."""

    calls: int = 0
    traces: int = 0
    users: int = 0
    sessions: int = 0


def read_reach(
    engine: Engine, tenant: str, start: datetime, end: datetime, slices: Sequence[Mapping[str, str]], *, failed: bool
) -> Reach:
    """Count the calls in any of ``slices`` (all calls when there is none); only the failed ones if ``failed``."""
    asked: dict[str, object] = {
        "tenant": tenant, "start": start, "end": end, "failed": failed, "composite": sorted(COMPOSITE),
        "steps": not any(one.get("operation") in COMPOSITE for one in slices),
    }  # fmt: skip
    conditions = []
    for number, one in enumerate(slices):
        parts = []
        for name, value in one.items():
            if name not in DIMENSIONS:
                raise ValueError(f"{name} is no dimension of calls")
            asked[f"v{number}_{name}"] = value
            parts.append(f"{name} = {{v{number}_{name}:String}}")
        conditions.append(" AND ".join(parts) or "1")
    where = " AND (" + " OR ".join(conditions) + ")" if conditions else ""
    return Reach(*(int(value) for value in engine.query(REACH + where, asked).rows[0]))
