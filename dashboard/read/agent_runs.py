"""Runs of an agent, one by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dashboard.address import Scope, Window
from dashboard.read.cursor import START, Cursor, nanoseconds
from dashboard.read.ranked import whole
from dashboard.read.sql import sql
from storage.engine import Engine


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run. ``parent_agent`` began it, '' when none did; ``parent_run`` is the span id of that run.

    ``loop_tool`` is the tool it called most often with the same arguments, ``loop_calls`` how often; '' and 0 for none.
    """

    tenant: str
    trace_id: str
    span_id: str
    agent: str
    kind: str
    service: str
    parent_agent: str
    parent_run: str
    started_at: datetime
    duration_ms: float
    status: str
    error_type: str
    steps: int
    model_calls: int
    tool_calls: int
    retrievals: int
    handoffs: int
    tokens_in: int
    tokens_out: int
    cost_usd: float
    loop_tool: str
    loop_calls: int
    session_id: str
    user_id: str


def list_runs(
    engine: Engine,
    agent: str,
    window: Window,
    scope: Scope,
    *,
    errors: bool = False,
    loops: bool = False,
    cursor: Cursor = START,
    limit: int = 100,
) -> tuple[list[RunRow], Cursor | None]:
    """Return one page of the runs of ``agent`` ('' for all) that began in the window, newest first."""
    asked = {"agent": agent, "errors": int(errors), "loops": int(loops)}
    place = {"cursor_at": cursor.text, "cursor_id": cursor.id, "limit": limit + 1}
    found = engine.query(sql("agent_run_rows"), {**whole(window, scope), **asked, **place}).rows
    rows = [RunRow(*row) for row in found[:limit]]
    more = len(found) > limit
    return rows, Cursor(nanoseconds(rows[-1].started_at), rows[-1].span_id) if more else None
