"""Sessions: what one conversation took, over the traces of it that began in the window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboard.address import Scope, Window
from dashboard.read.cursor import START, Cursor
from dashboard.read.ranked import ranked, sorted_by, whole
from dashboard.read.sql import sql
from dashboard.read.trace_rows import TraceRow, list_trace_rows
from storage.engine import Engine

SORTS = ("last", "cost", "tokens", "traces", "errors", "duration")
MOST_TRACES = 500


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session. ``user_id`` is the newest one known; ``turns`` are traces with a model call; ``errors`` failed spans.

    ``duration_ms`` is from the first trace's start to the last one's end. No text of it is kept here.
    """

    tenant: str
    session_id: str
    user_id: str
    users: int
    services: Sequence[str]
    environment: str
    started_at: datetime
    last_seen_at: datetime
    duration_ms: float
    traces: int
    turns: int
    model_calls: int
    tool_calls: int
    retrievals: int
    agent_runs: int
    tokens_in: int
    tokens_out: int
    tokens_cached: int
    cost_usd: float
    errors: int
    failed_traces: int
    last_error_type: str


@dataclass(frozen=True, slots=True)
class SessionTotals:
    """All sessions of a window at once; turns are traces here."""

    sessions: int
    traces: int
    users: int
    tokens: int
    cost_usd: float
    failed_sessions: int
    p50_turns: float
    p95_turns: float


@dataclass(frozen=True, slots=True)
class SessionDetail:
    """A session with its traces, oldest first, at most MOST_TRACES of the newest."""

    session: SessionRow
    traces: Sequence[TraceRow]


def list_sessions(
    engine: Engine,
    window: Window,
    scope: Scope,
    *,
    q: str = "",
    user: str = "",
    session: str = "",
    errors: bool = False,
    sort: str = "last",
    cursor: Cursor = START,
    limit: int = 100,
) -> tuple[list[SessionRow], Cursor | None]:
    """Return one page of sessions, the greatest by ``sort`` first. Raises BadAddress for another sort."""
    asked = {"q": q, "user": user, "session": session, "errors": int(errors), "sort": sorted_by(sort, SORTS)}
    rows, more = ranked(engine, "sessions", window, scope, cursor, limit, **asked)
    return [SessionRow(**row) for row in rows], more


def session_totals(engine: Engine, window: Window, scope: Scope) -> SessionTotals:
    """Return the figures of all sessions; those of none are 0."""
    sessions, traces, users, tokens, cost, failed, *turns = engine.query(
        sql("session_totals"), whole(window, scope)
    ).rows[0]
    p50, p95 = (float(value) if sessions else 0.0 for value in turns)
    return SessionTotals(sessions, traces, users, tokens, cost, failed, p50, p95)


def read_session(engine: Engine, session_id: str, window: Window, scope: Scope) -> SessionDetail | None:
    """Return one session with its traces, or None when none of them began in the window."""
    found, _ = list_sessions(engine, window, scope, session=session_id, limit=1)
    if not found:
        return None
    traces, _ = list_trace_rows(engine, window, scope, session=session_id, limit=MOST_TRACES)
    return SessionDetail(found[0], traces[::-1])
