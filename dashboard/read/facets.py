"""What can narrow a list of traces, each value with the calls it holds; from roll-ups."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.address import Scope, Window
from dashboard.read.sql import sql
from storage.engine import Engine

FACETS = ("service", "model", "region", "error")


def facets(engine: Engine, window: Window, scope: Scope) -> Mapping[str, list[tuple[str, int]]]:
    """Return for each of ``FACETS`` its most frequent values with their calls, most first."""
    found: dict[str, list[tuple[str, int]]] = {name: [] for name in FACETS}
    bounds = {"start": window.start, "end": window.end, **scope.parameters()}
    for name, value, held in engine.query(sql("facets"), bounds).rows:
        found[name].append((value, int(held)))
    return found
