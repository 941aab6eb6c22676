"""The drawing of an incident: the series that moved, its normal band, the incident as a shade."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from dash import html

from dashboard.address import Window
from dashboard.charts.graph import graph
from dashboard.charts.lines import Line, Plot, Shade, line_chart
from dashboard.components.blocks import card, empty, link
from dashboard.pages.incident_scope import scope_of, traces_href
from dashboard.pages.page import Visit
from dashboard.read.figures import UNITS, moments, read_figures, step_seconds
from dashboard.read.histories import ALL
from dashboard.read.incidents import IncidentView
from dashboard.theme import TOKENS, series_colour
from dashboard.words import scope_words, slice_words

FIGURES = {
    "latency": "p50",  # what detectors judge, as the title says it
    "failures": "failures",
    "failure": "failures",
    "failure_rate": "failures",
    "ttft": "ttft",
    "tokens": "tokens",
    "cost": "cost",
    "requests": "requests",
}
TITLES = {
    "p50": "median latency",
    "failures": "share of failed calls",
    "ttft": "p95 time to first token",
    "tokens": "tokens",
    "cost": "cost",
    "requests": "requests",
}
BEFORE = timedelta(hours=2)
DRAWN = ("tenant", "service", "model", "operation", "region")  # what the roll-up tells apart


def series_card(visit: Visit, one: IncidentView) -> html.Section:
    """Return the series that moved, its normal band, and the incident's stretch as a shade."""
    figure = FIGURES.get(one["signal"], "p50")
    drawn_scope = {name: value for name, value in one["scope"].items() if name in DRAWN}
    where = scope_words(drawn_scope) or "all traffic"
    title = f"{TITLES[figure]} of {where}"
    title = title if title.startswith("p95") else title[0].upper() + title[1:]
    drawn = _drawing(visit, one, figure)
    body = graph("incident", drawn, title) if drawn else empty("No call of this scope is in the roll-up any more.")
    key = html.P(f"{_wider(one, where)}Band: normal at this hour, from the seven days before.", className="muted key")
    return card(title, body, key, aside=link("Traces of this time", traces_href(visit, one)))


def _wider(one: IncidentView, where: str) -> str:
    """The roll-up knows no versions, say: what is drawn is then more than what the incident is about."""
    hidden = {name: value for name, value in one["scope"].items() if value and name not in DRAWN}
    return f"The series is of {where}, of which {slice_words(hidden)} is a part. " if hidden else ""


def _drawing(visit: Visit, one: IncidentView, figure: str) -> dict[str, Any] | None:
    window = _around(visit, one)
    step = step_seconds(window)
    scope, part = scope_of(one)
    buckets = read_figures(visit.services.engine, window, scope, step, part).buckets
    points = [(bucket.at, value) for bucket in buckets if (value := bucket.value(figure)) is not None]
    if not points:
        return None
    steps, past = moments(window, step), visit.histories.before(window, scope, part)[ALL]
    band = list(zip(steps, visit.histories.bands(window, figure, steps, past), strict=True))
    colours = TOKENS[visit.viewer.scheme]
    tone = colours["critical" if one["severity"] == "critical" else "warning"]
    line = Line(TITLES[figure], series_colour(visit.viewer.scheme, 0), points, band)
    plot = Plot(window, timedelta(seconds=step), UNITS[figure], 260)
    return line_chart(visit.viewer, plot, [line], [Shade(one.started, one.ended, tone, "incident")])


def _around(visit: Visit, one: IncidentView) -> Window:
    """The incident with as much time before it as it lasted, two hours at least."""
    end = min(visit.now, (one.ended or visit.now) + timedelta(hours=1)).replace(second=0, microsecond=0) + timedelta(
        minutes=1
    )
    lasted = max(end - one.started, BEFORE)
    start = one.started.replace(second=0, microsecond=0) - min(lasted, timedelta(days=2))
    return Window(start, end)
