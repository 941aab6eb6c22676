"""Traces as the job of structures has summed them up: shape, critical path, calls, cost, errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboard.address import Scope, Window
from dashboard.read.cursor import START, Cursor, nanoseconds
from dashboard.read.figures import step_seconds
from dashboard.read.ranked import whole
from dashboard.read.sql import sql
from storage.engine import Engine


@dataclass(frozen=True, slots=True)
class TraceRow:
    """A trace. ``complete``: no span names a parent that is not there. ``status`` is the worst of its spans.

    The critical path is the chain of spans that kept it from ending sooner; its milliseconds in model calls, tools and
    retrievals are parts of ``critical_ms``. ``duplicates`` are spans of calls that another span counts already.
    """

    tenant: str
    trace_id: str
    started_at: datetime
    ended_at: datetime
    duration_ms: float
    root_name: str
    root_service: str
    root_kind: str
    root_operation: str
    roots: int
    complete: bool
    spans: int
    services: Sequence[str]
    depth: int
    width: int
    critical_ms: float
    critical_spans: int
    critical_model_ms: float
    critical_tool_ms: float
    critical_retrieval_ms: float
    model_calls: int
    duplicates: int
    tool_calls: int
    retrievals: int
    agents: Sequence[str]
    models: Sequence[str]
    tokens_in: int
    tokens_out: int
    tokens_cached: int
    cost_usd: float
    errors: int
    status: str
    error_type: str
    session_id: str
    user_id: str
    environment: str


@dataclass(frozen=True, slots=True)
class Step:
    """A step of time; steps without a trace are absent."""

    at: datetime
    traces: int
    failed: int
    tokens: int
    cost_usd: float
    users: int
    sessions: int


def list_trace_rows(
    engine: Engine,
    window: Window,
    scope: Scope,
    *,
    session: str = "",
    user: str = "",
    agent: str = "",
    errors: bool = False,
    cursor: Cursor = START,
    limit: int = 100,
) -> tuple[list[TraceRow], Cursor | None]:
    """Return one page of the traces that began in the window, newest first, and where to go on, None at the end."""
    asked = {"session": session, "user": user, "agent": agent, "errors": int(errors)}
    place = {"cursor_at": cursor.text, "cursor_id": cursor.id, "limit": limit + 1}
    found = engine.query(sql("trace_rows"), {**whole(window, scope), **asked, **place}).dicts()
    rows = [TraceRow(**{**row, "complete": bool(row["complete"])}) for row in found[:limit]]
    more = len(found) > limit
    return rows, Cursor(nanoseconds(rows[-1].started_at), rows[-1].trace_id) if more else None


def trace_steps(engine: Engine, window: Window, scope: Scope, *, session: str = "", user: str = "") -> list[Step]:
    """Return traces over the window by step, all or those of one session or user."""
    asked = {"session": session, "user": user, "step": step_seconds(window)}
    return [Step(*row) for row in engine.query(sql("trace_steps"), {**whole(window, scope), **asked}).rows]
