"""Traces that stand for an incident, each with the calls in it that the incident is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.address import Scope, Window
from dashboard.read.figures import Part
from dashboard.read.sql import sql
from dashboard.read.traces import Summary, summaries
from storage.engine import Engine


@dataclass(frozen=True, slots=True)
class Example:
    """One trace. ``slowest_ms`` and ``failed`` are of the calls in scope; ``error_type`` is of one that failed."""

    trace: Summary
    slowest_ms: float
    failed: int
    error_type: str


def examples(engine: Engine, ids: Sequence[str], window: Window, scope: Scope, part: Part) -> Mapping[str, Example]:
    """Return those of the traces that are stored, by id."""
    bound: dict[str, object] = {
        "ids": list(ids),
        "start": window.start,
        "end": window.end,
        "service": scope.service,
        "model": scope.model,
        "operation": part.operation,
        "region": part.region,
    }
    calls = {row[0]: row[1:] for row in engine.query(sql("example_calls"), bound).rows} if ids else {}
    nothing = (0.0, 0, "")
    return {
        one.trace_id: Example(one, *calls.get(one.trace_id, nothing)) for one in summaries(engine, list(ids), window)
    }
