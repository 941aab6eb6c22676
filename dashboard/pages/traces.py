"""Traces: find one. Search, chips, a histogram that chooses time, rows newest first."""

from __future__ import annotations

from datetime import timedelta

from dash import html

from dashboard.charts.bars import Stack, bar_chart
from dashboard.charts.graph import graph
from dashboard.charts.lines import Plot
from dashboard.components.blocks import Child, bar, card, empty, extra, grid, link
from dashboard.components.table import Column, table
from dashboard.format import clock, count, duration, exact, money
from dashboard.pages.home_chart import incident_shades
from dashboard.pages.listing import further_back
from dashboard.pages.page import Drawn, Visit
from dashboard.pages.traces_facets import facets_card
from dashboard.read.cursor import START, Cursor, read_cursor
from dashboard.read.figures import Bucket, Figures, read_figures, step_seconds
from dashboard.read.incidents import incidents
from dashboard.read.traces import Listing, Summary, Wanted, list_traces
from dashboard.theme import TOKENS

PAGE = 50
COLUMNS = (
    Column("at", "Started"),
    Column("name", "Trace", main=True),
    Column("model", "Model", hidden_on_phone=True),
    Column("spans", "Spans", number=True, hidden_on_phone=True),
    Column("tokens", "Tokens", number=True, hidden_on_phone=True),
    Column("cost", "Cost", number=True, hidden_on_phone=True),
    Column("marks", "", hidden_on_phone=True),
    Column("duration", "Duration", number=True),
)


def draw(visit: Visit) -> Drawn:
    """Draw the list for one address."""
    own, scope = visit.address.own, visit.address.scope
    figures = read_figures(visit.services.engine, visit.window, scope, step_seconds(visit.window))
    whole = figures.total
    wanted, slow, costly = _wanted(visit, whole)
    listing = list_traces(
        visit.services.engine, visit.window, scope, wanted, cursor=_cursor(own.get("before", "")), limit=PAGE
    )
    return Drawn(
        "Traces",
        [
            html.Header(
                [html.H1("Traces", className="verdict"), html.P(_sentence(visit, whole), className="muted verdict-of")],
                className="page-head",
            ),
            html.Div(
                _chips(visit, slow, costly), className="chips filters", role="group", **extra(aria_label="Filters")
            ),
            grid(
                card("Model calls", _histogram(visit, figures), aside="drag to choose time"),
                facets_card(visit),
                card("", _rows(visit, listing), wide=9, kind="flush"),
            ),
        ],
    )


def _wanted(visit: Visit, whole: Bucket) -> tuple[Wanted, float, float]:
    """Slow is the window's own p95; costly is five times its mean: both are said on the chip."""
    own = visit.address.own
    slow = whole.p95 or 0.0
    costly = 5 * whole.cost / whole.requests if whole.requests else 0.0
    wanted = Wanted(
        q=own.get("q", "")[:200],
        errors=own.get("errors") == "1",
        redacted=own.get("redacted") == "1",
        slow_ms=slow if own.get("slow") == "1" else 0.0,
        costly_usd=costly if own.get("costly") == "1" else 0.0,
    )
    return wanted, slow, costly


def _cursor(token: str) -> Cursor:
    try:
        return read_cursor(token)
    except ValueError:
        return START


def _sentence(visit: Visit, whole: Bucket) -> str:
    return f"{exact(whole.requests)} model calls, {exact(whole.failed)} failed, {visit.address.words()}"


def _chips(visit: Visit, slow: float, costly: float) -> list[Child]:
    chips = [
        ("errors", "Errors"),
        ("slow", f"Slow, from {duration(slow)}"),
        ("costly", f"Costly, from {money(costly)}"),
        ("redacted", "Redacted"),
    ]
    own = visit.address.own
    shown: list[Child] = [
        link(
            words,
            visit.changed(**{name: "" if own.get(name) == "1" else "1", "before": ""}),
            "chip here" if own.get(name) == "1" else "chip",
        )
        for name, words in chips
    ]
    if own.get("q"):
        shown.append(
            link(
                [f"“{own['q'][:40]}”", html.Span("✕", **extra(aria_label="clear the search"))],
                visit.changed(q="", before=""),
                "chip here",
            )
        )
    return shown


def _histogram(visit: Visit, figures: Figures) -> Child:
    step, buckets = step_seconds(visit.window), figures.buckets
    colours = TOKENS[visit.viewer.scheme]
    stacks = [
        Stack("ok", colours["muted"], [(one.at, one.requests - one.failed) for one in buckets], 0.45),
        Stack("failed", colours["critical"], [(one.at, one.failed) for one in buckets]),
    ]
    found = incidents(visit.services.engine, visit.services.control, visit.window, visit.address.scope.tenant)
    plot = Plot(visit.window, timedelta(seconds=step), "calls", 112)
    figure = bar_chart(visit.viewer, plot, stacks, incident_shades(visit, found))
    return graph("traces", figure, "Model calls over time, failed ones apart")


def _rows(visit: Visit, listing: Listing) -> Child:
    if not listing.traces:
        return _none(visit, listing)
    longest = max(one.duration_ms for one in listing.traces)
    rows = [_row(visit, one, longest) for one in listing.traces]
    return html.Div([table(COLUMNS, rows, "Traces, newest first", "linked"), _more(visit, listing)])


def _row(visit: Visit, one: Summary, longest: float) -> dict[str, Child]:
    models = ", ".join(one.models)
    name = [
        link(one.name or "unnamed", visit.href(f"/traces/{one.trace_id}"), "row-link"),
        html.Span(one.service, className="muted sub"),
    ]
    marks: list[Child] = []
    if one.failed:
        marks.append(html.Span(f"✗ {one.failed}", className="tone-critical", title=f"{one.failed} failed spans"))
    if one.masked:
        marks.append(html.Span(f"⟦{one.masked}⟧", className="masked", title=f"{one.masked} masked"))
    return {
        "at": html.Span(clock(one.began, visit.viewer.zone, visit.now), title=one.began.isoformat()),
        "name": name,
        "model": models,
        "spans": exact(one.spans),
        "tokens": count(one.tokens_in + one.tokens_out) if one.tokens_in + one.tokens_out else "",
        "cost": money(one.cost) if one.cost else "",
        "marks": marks,
        "duration": [
            bar(one.duration_ms / longest if longest else 0, "critical" if one.failed else "accent"),
            html.Span(duration(one.duration_ms), className="fixed"),
        ],
    }


def _more(visit: Visit, listing: Listing) -> html.Div:
    parts: list[Child] = []
    if listing.searched_to:
        parts.append(
            html.Span(
                f"Searched back to {clock(listing.searched_to, visit.viewer.zone, visit.now)}. ", className="muted"
            )
        )
    if visit.address.own.get("before"):
        parts.append(link("Newest", visit.changed(before=""), "button small"))
    if listing.next:
        parts.append(link("Older", visit.changed(before=listing.next.token()), "button small"))
    return html.Div(parts, className="more")


def _none(visit: Visit, listing: Listing) -> Child:
    if listing.next:
        return html.Div([empty("Nothing found so far."), _more(visit, listing)])
    return empty(
        "No trace of that kind in this time.",
        further_back(visit, "Take a chip away, or look further back: "),
    )
