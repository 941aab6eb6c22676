"""Sessions: conversations in this time, who had them, how long they are, what they cost, which went wrong."""

from __future__ import annotations

from datetime import timedelta

from dash import html

from dashboard.charts.bars import bar_chart, outcome_stacks
from dashboard.charts.graph import graph
from dashboard.charts.lines import Plot
from dashboard.components.blocks import Child, card, empty, extra, grid, link, page_head
from dashboard.components.start import code_sample
from dashboard.components.table import Column, table
from dashboard.format import clock, count, duration, exact, money, some
from dashboard.pages.listing import at_cursor, cost_cell, further_back, listed_below, none_such, segment, sort_chips
from dashboard.pages.page import Drawn, Visit
from dashboard.read.figures import step_seconds
from dashboard.read.sessions import SORTS, SessionRow, SessionTotals, list_sessions, session_totals
from dashboard.read.trace_rows import trace_steps
from dashboard.words import plural

PAGE = 50
COLUMNS = (
    Column("last", "Last seen"),
    Column("session", "Session", main=True),
    Column("where", "Service", hidden_on_phone=True),
    Column("turns", "Turns", number=True),
    Column("calls", "Model calls", number=True, hidden_on_phone=True),
    Column("duration", "Lasted", number=True, hidden_on_phone=True),
    Column("tokens", "Tokens", number=True, hidden_on_phone=True),
    Column("errors", "Errors", number=True, hidden_on_phone=True),
    Column("cost", "Cost", number=True),
)
SORT_WORDS = {
    "last": "Newest",
    "cost": "Dearest",
    "tokens": "Most tokens",
    "traces": "Most traces",
    "errors": "Most errors",
    "duration": "Longest",
}
SAMPLE = """\
span.set_attribute("gen_ai.conversation.id", conversation_id)   # the same for every turn
span.set_attribute("user.id", user_id)"""


def draw(visit: Visit) -> Drawn:
    """Draw the list; ``?sort=``, ``?errors=1``, ``?user=`` and ``?q=`` choose what is in it."""
    engine, window, scope, own = visit.services.engine, visit.window, visit.address.scope, visit.address.own
    totals = session_totals(engine, window, scope)
    sort = own["sort"] if own.get("sort") in SORTS else SORTS[0]
    rows, onward = list_sessions(
        engine, window, scope, q=own.get("q", "")[:200], user=own.get("user", ""), errors=own.get("errors") == "1",
        sort=sort, cursor=at_cursor(visit), limit=PAGE,
    )  # fmt: skip
    head = page_head(_sentence(totals), _second_sentence(visit, totals))
    if not totals.sessions:
        return Drawn("Sessions", [head, grid(card("", _none(visit)))])
    chips = html.Div(
        [*_chips(visit, totals), *sort_chips(visit, {name: SORT_WORDS[name] for name in SORTS}, sort)],
        className="chips filters", role="group", **extra(aria_label="Which sessions, and their order"),
    )  # fmt: skip
    body = html.Div([sessions_table(visit, rows), listed_below(visit, onward)]) if rows else none_such(visit, "session")
    return Drawn("Sessions", [head, chips, grid(card("Turns over time", _over_time(visit), aside="drag to choose time"),
                                                card("", body, kind="flush"))])  # fmt: skip


def sessions_table(visit: Visit, rows: list[SessionRow]) -> html.Div:
    """Return sessions as rows that lead to each one's conversation."""
    dearest = max((one.cost_usd for one in rows), default=0.0)
    return table(COLUMNS, [_row(visit, one, dearest) for one in rows], "Sessions", "linked")


def _row(visit: Visit, one: SessionRow, dearest: float) -> dict[str, Child]:
    who = one.user_id if one.users <= 1 else f"{one.user_id} and {one.users - 1} more"
    errors: Child = html.Span("–", className="muted")
    if one.errors:
        errors = html.Span(f"✗ {one.errors}", className="tone-critical", title=one.last_error_type)
    session = [
        link(_shown(one.session_id), visit.href(f"/sessions/{segment(one.session_id)}"), "row-link mono"),
        html.Span(who or "no user", className="muted sub"),
        html.Span(f"✗ {one.errors}", className="tone-critical sub phone-only") if one.errors else None,
    ]
    return {
        "last": html.Span(clock(one.last_seen_at, visit.viewer.zone, visit.now), title=one.last_seen_at.isoformat()),
        "session": session,
        "where": html.Span(some(one.services), title=", ".join(one.services)),
        "turns": exact(one.turns),
        "calls": exact(one.model_calls),
        "duration": duration(one.duration_ms),
        "tokens": count(one.tokens_in + one.tokens_out),
        "errors": errors,
        "cost": cost_cell(one.cost_usd, dearest),
    }


def _shown(session_id: str) -> str:
    return session_id if len(session_id) <= 24 else f"{session_id[:22]}…"


def _sentence(totals: SessionTotals) -> Child:
    if not totals.sessions:
        return "No session"
    failed = totals.failed_sessions
    said: list[Child] = [f"{plural(totals.sessions, 'session')} of {plural(totals.users, 'user')}, "]
    return [*said, html.Span(f"{exact(failed)} with a failure", className="tone-critical") if failed else "none failed"]


def _second_sentence(visit: Visit, totals: SessionTotals) -> str:
    parts = [visit.address.words()]
    if totals.sessions:
        typical = plural(round(totals.p50_turns), "turn")
        parts += [f"typically {typical}, one in twenty more than {round(totals.p95_turns)}", money(totals.cost_usd)]
    return " · ".join(parts)


def _chips(visit: Visit, totals: SessionTotals) -> list[Child]:
    own = visit.address.own
    on = own.get("errors") == "1"
    words = f"With a failure {exact(totals.failed_sessions)}"
    chips: list[Child] = [
        link(words, visit.changed(errors="" if on else "1", before=""), "chip here" if on else "chip")
    ]
    for name in ("user", "q"):
        if own.get(name):
            shown = [f"{own[name][:40]}", html.Span("✕", **extra(aria_label="take this filter away"))]
            chips.append(link(shown, visit.changed(**{name: "", "before": ""}), "chip here"))
    return chips


def _over_time(visit: Visit) -> Child:
    user = visit.address.own.get("user", "")
    steps = trace_steps(visit.services.engine, visit.window, visit.address.scope, user=user)
    stacks = outcome_stacks(visit.viewer, [(one.at, one.traces, one.failed) for one in steps])
    plot = Plot(visit.window, timedelta(seconds=step_seconds(visit.window)), "turns", 112)
    return graph("sessions", bar_chart(visit.viewer, plot, stacks), "Turns of sessions over time, failed ones apart")


def _none(visit: Visit) -> Child:
    return empty(
        "Conversations would be listed here, each with its turns, cost and failures.",
        html.P("Spans belong to a session when they say so; both words are OpenTelemetry's:"),
        code_sample(SAMPLE),
        further_back(visit),
    )
