"""Users: who costs most, who meets most failures, what they use."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from dash import html

from dashboard.charts.graph import graph
from dashboard.charts.lines import Line, Plot, line_chart
from dashboard.components.blocks import Child, card, empty, extra, grid, link, page_head
from dashboard.components.start import code_sample
from dashboard.components.table import Column, table
from dashboard.format import ago, count, duration, exact, money, percent, some
from dashboard.pages.agent_cards import failed_cell
from dashboard.pages.listing import at_cursor, cost_cell, further_back, listed_below, none_such, segment, sort_chips
from dashboard.pages.page import Drawn, Visit
from dashboard.read.figures import step_seconds
from dashboard.read.trace_rows import Step, trace_steps
from dashboard.read.users import SORTS, UserRow, UserTotals, list_users, user_totals
from dashboard.theme import series_colour
from dashboard.words import plural

PAGE = 50
COLUMNS = (
    Column("user", "User", main=True),
    Column("cost", "Cost", number=True),
    Column("tokens", "Tokens", number=True, hidden_on_phone=True),
    Column("sessions", "Sessions", number=True, hidden_on_phone=True),
    Column("traces", "Traces", number=True),
    Column("failed", "Failed", number=True),
    Column("p95", "p95", number=True, hidden_on_phone=True),
    Column("models", "Models", hidden_on_phone=True),
    Column("last", "Last seen", number=True, hidden_on_phone=True),
)
SORT_WORDS = {
    "cost": "Dearest",
    "tokens": "Most tokens",
    "traces": "Most traces",
    "errors": "Most errors",
    "last": "Newest",
}
SAMPLE = """\
span.set_attribute("user.id", user_id)   # an id of yours; no name and no address is needed"""


def draw(visit: Visit) -> Drawn:
    """Draw the list; ``?sort=``, ``?errors=1`` and ``?q=`` choose what is in it."""
    engine, window, scope, own = visit.services.engine, visit.window, visit.address.scope, visit.address.own
    totals = user_totals(engine, window, scope)
    head = page_head(_sentence(totals), _second_sentence(visit, totals))
    if not totals.users:
        return Drawn("Users", [head, grid(card("", _none(visit)))])
    sort = own["sort"] if own.get("sort") in SORTS else SORTS[0]
    rows, onward = list_users(
        engine, window, scope, q=own.get("q", "")[:200], errors=own.get("errors") == "1", sort=sort,
        cursor=at_cursor(visit), limit=PAGE,
    )  # fmt: skip
    chips = html.Div(
        [*_chips(visit), *sort_chips(visit, {name: SORT_WORDS[name] for name in SORTS}, sort)],
        className="chips filters", role="group", **extra(aria_label="Which users, and their order"),
    )  # fmt: skip
    body = html.Div([_table(visit, rows), listed_below(visit, onward)]) if rows else none_such(visit, "user")
    steps = trace_steps(engine, window, scope)
    charts = (_over_time(visit, steps, "users"), _over_time(visit, steps, "cost"))
    return Drawn("Users", [head, chips, grid(*charts, card("", body, kind="flush"))])


def _sentence(totals: UserTotals) -> str:
    if not totals.users:
        return "No user"
    said = f"{plural(totals.users, 'user')} cost {money(totals.cost_usd)}"
    share = totals.top_tenth_cost_share
    return f"{said}, the dearest tenth of them {percent(share)}" if share is not None else said


def _second_sentence(visit: Visit, totals: UserTotals) -> str:
    parts = [visit.address.words(), plural(totals.traces, "trace")]
    if totals.without_user:
        parts.append(f"{exact(totals.without_user)} of them name no user")
    return " · ".join(parts)


def _chips(visit: Visit) -> list[Child]:
    own = visit.address.own
    on = own.get("errors") == "1"
    chips: list[Child] = [
        link("With a failure", visit.changed(errors="" if on else "1", before=""), "chip here" if on else "chip")
    ]
    if own.get("q"):
        shown = [own["q"][:40], html.Span("✕", **extra(aria_label="clear the search"))]
        chips.append(link(shown, visit.changed(q="", before=""), "chip here"))
    return chips


def _over_time(visit: Visit, steps: Sequence[Step], what: str) -> html.Section:
    points = [(one.at, float(one.users) if what == "users" else one.cost_usd) for one in steps]
    title, unit = ("Users at a time", "users") if what == "users" else ("What they cost", "USD")
    colour = series_colour(visit.viewer.scheme, 0)
    plot = Plot(visit.window, timedelta(seconds=step_seconds(visit.window)), unit, 150)
    drawn = line_chart(visit.viewer, plot, [Line(title, colour, points)])
    return card(title, graph(f"users-{what}", drawn, f"{title} over time"), wide=6)


def _table(visit: Visit, rows: list[UserRow]) -> html.Div:
    dearest = max((one.cost_usd for one in rows), default=0.0)
    return table(COLUMNS, [_row(visit, one, dearest) for one in rows], "Users", "linked")


def _row(visit: Visit, one: UserRow, dearest: float) -> dict[str, Child]:
    return {
        "user": [
            link(one.user_id[:40], visit.href(f"/users/{segment(one.user_id)}"), "row-link"),
            html.Span(some(one.services), className="muted sub", title=", ".join(one.services)),
        ],
        "cost": cost_cell(one.cost_usd, dearest),
        "tokens": count(one.tokens_in + one.tokens_out),
        "sessions": exact(one.sessions),
        "traces": exact(one.traces),
        "failed": failed_cell(one.traces, one.failed_traces),
        "p95": duration(one.p95_ms),
        "models": html.Span(some(one.models), className="muted", title=", ".join(one.models)),
        "last": ago(one.last_seen_at, visit.now),
    }


def _none(visit: Visit) -> Child:
    return empty(
        "Users would be listed here, each with cost, sessions and failures.",
        html.P("A span belongs to a user when it says so:"),
        code_sample(SAMPLE),
        further_back(visit),
    )
