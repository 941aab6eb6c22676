"""What inference servers measured over time: a line a worker, for the measures that a page draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from dashboard.address import Scope, Window
from dashboard.read.figures import step_seconds
from dashboard.read.sql import sql
from storage.engine import Engine
from storage.times import utc

Points = Sequence[tuple[datetime, float]]


def worker_steps(
    engine: Engine, window: Window, scope: Scope, measures: Sequence[str]
) -> Mapping[str, Mapping[str, Points]]:
    """Return by measure and worker the mean of each step; times in ms, shares 0 to 1. What is absent was not told."""
    bound = {
        "start": window.start,
        "end": window.end,
        "step": step_seconds(window),
        "measures": list(measures),
        **scope.parameters(),
    }
    found: dict[str, dict[str, list[tuple[datetime, float]]]] = {}
    for worker, measure, at, figure in engine.query(sql("inference_steps"), bound).rows:
        found.setdefault(measure, {}).setdefault(worker, []).append((utc(at), float(figure)))
    return found
