"""User: what one user did, what it cost, what failed, session by session."""

from __future__ import annotations

from datetime import timedelta

from dash import html

from dashboard.charts.bars import Stack, bar_chart, outcome_stacks
from dashboard.charts.graph import graph
from dashboard.charts.lines import Plot
from dashboard.components.blocks import Child, card, code, empty, facts, grid, link
from dashboard.components.table import Column, table
from dashboard.format import clock, count, duration, exact, moment, money
from dashboard.pages.listing import at_cursor, from_segment, further_back, listed_below
from dashboard.pages.page import Drawn, Visit
from dashboard.pages.sessions import sessions_table
from dashboard.read.figures import step_seconds
from dashboard.read.sessions import list_sessions
from dashboard.read.trace_rows import Step, TraceRow, list_trace_rows, trace_steps
from dashboard.read.users import UserRow, read_user
from dashboard.theme import series_colour
from dashboard.words import plural

SESSIONS, TRACES = 10, 25
COLUMNS = (
    Column("at", "Started"),
    Column("name", "Trace", main=True),
    Column("models", "Models", hidden_on_phone=True),
    Column("tokens", "Tokens", number=True, hidden_on_phone=True),
    Column("cost", "Cost", number=True, hidden_on_phone=True),
    Column("marks", "", hidden_on_phone=True),
    Column("duration", "Duration", number=True),
)


def draw(visit: Visit) -> Drawn:
    """Draw one user."""
    engine, window, scope = visit.services.engine, visit.window, visit.address.scope
    user_id = from_segment(visit.values["user_id"])
    one = read_user(engine, user_id, window, scope)
    if one is None:
        return Drawn("User", _unknown(visit, user_id))
    steps = trace_steps(engine, window, scope, user=user_id)
    sessions, _ = list_sessions(engine, window, scope, user=user_id, limit=SESSIONS)
    traces, onward = list_trace_rows(engine, window, scope, user=user_id, cursor=at_cursor(visit), limit=TRACES)
    all_sessions = link(f"All {exact(one.sessions)}", visit.href("/sessions", user=user_id))
    return Drawn(
        f"User {user_id[:24]}",
        [
            _head(visit, one),
            grid(
                card("Traces", _traces_chart(visit, steps), wide=6, aside="drag to choose time"),
                card("Cost", _cost_chart(visit, steps), wide=6),
                card("Sessions, newest first", sessions_table(visit, sessions), aside=all_sessions),
                card("Traces, newest first", _traces(visit, traces), listed_below(visit, onward)),
            ),
        ],
    )


def _head(visit: Visit, one: UserRow) -> html.Header:
    crumb = html.P([link("Users", visit.href("/users")), " / ", code(one.user_id)], className="crumb")
    said: list[Child] = [f"{plural(one.sessions, 'session')}, {money(one.cost_usd)}, "]
    failed = one.failed_traces
    failing = html.Span(f"{plural(failed, 'trace')} failed", className="tone-critical")
    said.append(failing if failed else "nothing failed")
    pairs: list[tuple[str, Child]] = [
        ("Traces", exact(one.traces)),
        ("Model calls", exact(one.model_calls)),
        ("Tool calls", exact(one.tool_calls)),
        ("Tokens in", count(one.tokens_in)),
        ("Tokens out", count(one.tokens_out)),
        ("p95 of a trace", duration(one.p95_ms)),
        ("Models", ", ".join(one.models) or "–"),
        ("Services", ", ".join(one.services)),
        ("First seen", moment(one.first_seen_at, visit.viewer.zone)),
        ("Last seen", moment(one.last_seen_at, visit.viewer.zone)),
    ]
    return html.Header(
        [
            crumb,
            html.H1(said, className="verdict"),
            html.P(visit.address.words(), className="muted verdict-of"),
            facts(*pairs),
        ],
        className="page-head trace-head",
    )


def _plot(visit: Visit, unit: str) -> Plot:
    return Plot(visit.window, timedelta(seconds=step_seconds(visit.window)), unit, 150)


def _traces_chart(visit: Visit, steps: list[Step]) -> Child:
    stacks = outcome_stacks(visit.viewer, [(one.at, one.traces, one.failed) for one in steps])
    figure = bar_chart(visit.viewer, _plot(visit, "traces"), stacks)
    return graph("user-traces", figure, "Traces of this user over time, failed ones apart")


def _cost_chart(visit: Visit, steps: list[Step]) -> Child:
    stack = Stack("cost", series_colour(visit.viewer.scheme, 0), [(one.at, one.cost_usd) for one in steps])
    return graph("user-cost", bar_chart(visit.viewer, _plot(visit, "USD"), [stack]), "Cost of this user over time")


def _traces(visit: Visit, traces: list[TraceRow]) -> Child:
    return table(COLUMNS, [_trace(visit, one) for one in traces], "Traces of this user", "linked")


def _trace(visit: Visit, one: TraceRow) -> dict[str, Child]:
    failed = one.status == "error"
    return {
        "at": clock(one.started_at, visit.viewer.zone, visit.now),
        "name": [
            link(one.root_name or "unnamed", visit.href(f"/traces/{one.trace_id}"), "row-link"),
            html.Span(one.root_service, className="muted sub"),
        ],
        "models": ", ".join(one.models),
        "tokens": count(one.tokens_in + one.tokens_out) if one.tokens_in + one.tokens_out else "",
        "cost": money(one.cost_usd) if one.cost_usd else "",
        "marks": html.Span(f"✗ {one.error_type or 'failed'}", className="tone-critical") if failed else "",
        "duration": duration(one.duration_ms),
    }


def _unknown(visit: Visit, user_id: str) -> Child:
    return [
        html.Header(
            [
                html.P([link("Users", visit.href("/users")), " / ", code(user_id)], className="crumb"),
                html.H1("No trace of this user in this time", className="verdict"),
            ],
            className="page-head",
        ),
        grid(
            card(
                "",
                empty(
                    "Sessions, cost and failures would be here.",
                    further_back(visit, "Look further back: "),
                ),
            )
        ),
    ]
