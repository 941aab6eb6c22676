"""The component that holds a figure."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from dashboard.charts.blank import CONFIG
from dashboard.charts.lines import Line
from dashboard.components.blocks import extra
from dashboard.viewer import Viewer


def graph(name: str, figure: dict[str, Any], told: str) -> html.Div:
    """Return a chart over time; dragging across it chooses that time. ``told`` says in words what it shows."""
    height = figure["layout"]["height"]
    drawn = dcc.Graph(
        id={"type": "time", "of": name},
        figure=figure,
        config=CONFIG,
        className="chart",
        style={"height": f"{height}px"},
    )
    # The drawing's code comes later than the page: its place is kept, so that nothing jumps.
    return html.Div(
        drawn, className="chart-place", role="img", style={"minHeight": f"{height}px"}, **extra(aria_label=told)
    )


def legend(viewer: Viewer, lines: list[Line]) -> html.Div | None:
    """Return the names of the series where there is no room for them at the lines' ends."""
    if not viewer.narrow or len(lines) < 2:
        return None
    marks = [html.Span([html.Span("━", style={"color": line.colour}), f" {line.name}"]) for line in lines]
    return html.Div(marks, className="legend")
