"""Users: what each used and cost, over the traces that began in the window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboard.address import Scope, Window
from dashboard.read.cursor import START, Cursor
from dashboard.read.ranked import ranked, sorted_by, whole
from dashboard.read.sql import sql
from storage.engine import Engine

SORTS = ("cost", "tokens", "traces", "errors", "last")


@dataclass(frozen=True, slots=True)
class UserRow:
    """A user. ``errors`` are failed spans, ``p95_ms`` is of the durations of traces."""

    tenant: str
    user_id: str
    first_seen_at: datetime
    last_seen_at: datetime
    sessions: int
    traces: int
    model_calls: int
    tool_calls: int
    tokens_in: int
    tokens_out: int
    tokens_cached: int
    cost_usd: float
    errors: int
    failed_traces: int
    p95_ms: float
    models: Sequence[str]
    services: Sequence[str]


@dataclass(frozen=True, slots=True)
class UserTotals:
    """All users of a window at once; ``without_user`` are traces that name none.

    ``top_tenth_cost_share`` is the share of the cost that the dearest tenth of users has; None with less than ten.
    """

    users: int
    traces: int
    without_user: int
    cost_usd: float
    top_tenth_cost_share: float | None


def list_users(
    engine: Engine,
    window: Window,
    scope: Scope,
    *,
    q: str = "",
    user: str = "",
    errors: bool = False,
    sort: str = "cost",
    cursor: Cursor = START,
    limit: int = 100,
) -> tuple[list[UserRow], Cursor | None]:
    """Return one page of users, the greatest by ``sort`` first. Raises BadAddress for another sort."""
    asked = {"q": q, "user": user, "errors": int(errors), "sort": sorted_by(sort, SORTS)}
    rows, more = ranked(engine, "users", window, scope, cursor, limit, **asked)
    return [UserRow(**row) for row in rows], more


def user_totals(engine: Engine, window: Window, scope: Scope) -> UserTotals:
    """Return the figures of all users."""
    row = engine.query(sql("user_totals"), whole(window, scope)).dicts()[0]
    del row["dearest"]
    return UserTotals(**row)


def read_user(engine: Engine, user_id: str, window: Window, scope: Scope) -> UserRow | None:
    """Return one user, or None when no trace of theirs began in the window."""
    found, _ = list_users(engine, window, scope, user=user_id, limit=1)
    return found[0] if found else None
