"""How well searches fit: the best document's score, counted in equal steps from 0 to 1, by source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dashboard.address import Scope, Window
from dashboard.read.sql import sql
from storage.engine import Engine

SCORE_STEPS = 20


def top_scores(engine: Engine, window: Window, scope: Scope) -> Mapping[str, Sequence[int]]:
    """Return by source how many searches had their top score in each step; a source without scores is absent."""
    bound = {"start": window.start, "end": window.end, "steps": SCORE_STEPS, **scope.parameters()}
    found: dict[str, list[int]] = {}
    for source, step, amount in engine.query(sql("retrieval_scores"), bound).rows:
        found.setdefault(source, [0] * SCORE_STEPS)[int(step)] = int(amount)
    return found
