"""Lists in the order of a figure that can be gone on with: the figure and a hash of the row's key are the cursor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.address import BadAddress, Scope, Window
from dashboard.read.cursor import Cursor
from dashboard.read.sql import sql
from storage.engine import Engine

Row = dict[str, Any]


def ranked(
    engine: Engine, query: str, window: Window, scope: Scope, cursor: Cursor, limit: int, **asked: object
) -> tuple[list[Row], Cursor | None]:
    """Return one page of rows, the greatest ``place`` first, and where to go on, None at the end."""
    bound = {**whole(window, scope), **asked, "cursor_at": cursor.ns, "cursor_id": cursor.id, "limit": limit + 1}
    rows = engine.query(sql(query), bound).dicts()
    kept = rows[:limit]
    last = Cursor(int(kept[-1]["place"]), str(kept[-1]["place_id"])) if len(rows) > limit else None
    return [without_place(row) for row in kept], last


def without_place(row: Mapping[str, Any]) -> Row:
    """Return a row as it is shown."""
    return {name: value for name, value in row.items() if name not in ("place", "place_id")}


def whole(window: Window, scope: Scope) -> dict[str, object]:
    """Return what a query on whole traces binds."""
    return {"start": window.start, "end": window.end, **scope.parameters()}


def sorted_by(sort: str, sorts: Sequence[str]) -> str:
    """Return ``sort``; raises BadAddress when a list has no such order."""
    if sort not in sorts:
        raise BadAddress(f"sort is one of {', '.join(sorts)}, not {sort[:20]!r}")
    return sort
