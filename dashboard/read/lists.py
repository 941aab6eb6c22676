"""Findings and decisions as lists that can be gone on with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.address import Scope, Window
from dashboard.read.cursor import START, Cursor, nanoseconds
from dashboard.read.policies import parsed
from dashboard.read.sql import sql
from storage.engine import Engine

Row = Mapping[str, Any]


def findings(
    engine: Engine, window: Window, scope: Scope, *, kind: str = "", signal: str = "", cursor: Cursor = START,
    limit: int = 100,
) -> tuple[list[Row], Cursor | None]:  # fmt: skip
    """Return findings, newest first, and where to go on, None at the end."""
    asked = {**_asked(window, scope, cursor, limit), "kind": kind, "signal": signal}
    rows = engine.query(sql("findings"), asked).dicts()
    return _cut([{**row, "explanation": parsed(row["explanation"])} for row in rows], "id", limit)


def decisions(
    engine: Engine, window: Window, scope: Scope, *, policy: str = "", verdict: str = "", trace: str = "",
    cursor: Cursor = START, limit: int = 100,
) -> tuple[list[Row], Cursor | None]:  # fmt: skip
    """Return decisions, newest first, and where to go on, None at the end."""
    asked = {**_asked(window, scope, cursor, limit), "policy": policy, "verdict": verdict, "trace": trace}
    rows = engine.query(sql("decisions"), asked).dicts()
    return _cut([{**row, "evidence": parsed(row["evidence"])} for row in rows], "decision_id", limit)


def _asked(window: Window, scope: Scope, cursor: Cursor, limit: int) -> dict[str, object]:
    return {
        "start": window.start,
        "end": window.end,
        "cursor_at": cursor.text[:23],
        "cursor_id": cursor.id,
        "limit": limit + 1,
        **scope.parameters(),
    }


def _cut(rows: Sequence[Row], key: str, limit: int) -> tuple[list[Row], Cursor | None]:
    kept = list(rows[:limit])
    more = len(rows) > limit
    return kept, Cursor(nanoseconds(kept[-1]["at"]), kept[-1][key]) if more else None
