"""Three bad traces beside three good ones, measured by what the incident is about, on one scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from dash import html

from dashboard.address import Window
from dashboard.components.blocks import Child, bar, card, empty, link
from dashboard.format import count, duration, money
from dashboard.pages.incident_scope import scope_of
from dashboard.pages.page import Visit
from dashboard.read.examples import Example, examples
from dashboard.read.incidents import IncidentView
from dashboard.words import scope_words

EACH = 3
TITLES = {"bad": "Three of the bad", "good": "Three of the good"}
NONE = {"bad": "No example was kept.", "good": "No good trace beside them was found."}


def example_cards(visit: Visit, one: IncidentView) -> list[html.Section]:
    """Return the bad and the good, side by side."""
    ids = {kind: [text for text in one["exemplars"].get(kind, []) if isinstance(text, str)][:EACH] for kind in TITLES}
    window = Window(one.started - timedelta(days=2), (one.ended or visit.now) + timedelta(hours=6))
    found = examples(visit.services.engine, ids["bad"] + ids["good"], window, *scope_of(one))
    return [_card(visit, one, kind, ids[kind], found) for kind in TITLES]


def _card(visit: Visit, one: IncidentView, kind: str, ids: Sequence[str], found: Mapping[str, Example]) -> html.Section:
    longest = max((row.slowest_ms for row in found.values()), default=0.0) or 1.0
    rows = [_row(visit, one, kind, trace, found.get(trace), longest) for trace in ids]
    body: Child = html.Ul(rows, className="rows") if rows else empty(NONE[kind])
    about = scope_words({name: value for name, value in one["scope"].items() if value and name != "tenant"})
    aside = html.Span(f"{_measure(one)} of {about}" if about else _measure(one), className="muted") if rows else None
    return card(TITLES[kind], body, wide=6, aside=aside)


def _measure(one: IncidentView) -> str:
    return "slowest call" if one["signal"] == "latency" else "calls"


def _row(visit: Visit, one: IncidentView, kind: str, trace: str, row: Example | None, longest: float) -> html.Li:
    if row is None:
        gone: list[Child] = [html.Code(trace[:8]), html.Span("not stored any more", className="muted")]
        return html.Li(html.Div(html.Span(gone, className="row-line"), className="row"))
    tone = "critical" if kind == "bad" else "good"
    line = [html.Strong(row.trace.name or "unnamed"), html.Span(_figure(one, row), className="nowrap")]
    scale = [bar(row.slowest_ms / longest, tone)] if one["signal"] == "latency" else []
    text = html.Span(
        [
            html.Span(line, className="row-line"),
            html.Span([*scale, html.Span(_context(row))], className="muted row-line start"),
        ],
        className="row-text",
    )
    glyph = html.Span("✗" if kind == "bad" else "✓", className=f"glyph tone-{tone}")
    return html.Li(link([glyph, text], visit.href(f"/traces/{trace}"), "row"))


def _figure(one: IncidentView, row: Example) -> str:
    """Return the figure that the incident is about: the slowest call's duration, or how it failed."""
    if one["signal"] == "latency":
        return duration(row.slowest_ms)
    return (row.error_type or "failed") if row.failed else "no failure"


def _context(row: Example) -> str:
    """Return the trace around it."""
    trace = row.trace
    told = (
        f"trace {duration(trace.duration_ms)}",
        f"{count(trace.tokens_out)} tokens out" if trace.tokens_out else "",
        money(trace.cost) if trace.cost else "",
    )
    return " · ".join(part for part in told if part)
