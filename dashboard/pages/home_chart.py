"""Home's chart: one figure by model, its normal band, the incidents as shades; its table and query one click away."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html

from dashboard.charts.graph import graph, legend
from dashboard.charts.lines import Line, Plot, Shade, line_chart
from dashboard.components.blocks import Child, card, empty, link
from dashboard.components.table import Column, table
from dashboard.format import moment, quantity
from dashboard.pages.page import Visit
from dashboard.read.figures import UNITS
from dashboard.read.home import Board
from dashboard.read.incidents import IncidentView
from dashboard.read.sql import sql
from dashboard.theme import TOKENS, series_colour

TITLES = {
    "requests": "Requests by model",
    "failures": "Share of failed calls by model",
    "p95": "p95 latency by model",
    "ttft": "p95 time to first token by model",
    "tokens": "Tokens by model",
    "cost": "Cost by model",
}
LATENCIES = ("p95", "ttft")


def chart_card(visit: Visit, board: Board, figure: str) -> html.Section:
    """Return the card; ``?scale=log`` draws latency on a log axis, ``?table=1`` shows the values and the query."""
    lines = _lines(visit, board, figure)
    log = figure in LATENCIES and visit.address.own.get("scale") == "log"
    plot = Plot(board.window, board.step, UNITS[figure], 300, log)
    drawn = line_chart(visit.viewer, plot, lines, incident_shades(visit, board.incidents))
    opened = visit.address.own.get("table") == "1"
    body = (
        html.Div([legend(visit.viewer, lines), graph("home", drawn, TITLES[figure])])
        if any(line.points for line in lines)
        else empty("No model call carries this figure in this time.")
    )
    shown = [
        body,
        html.P(_key(board), className="muted key"),
    ]
    return card(
        TITLES[figure],
        *shown,
        *([values(visit, board, figure)] if opened else []),
        wide=8,
        aside=_aside(visit, figure, log, opened),
    )


def _key(board: Board) -> str:
    """Bands of many series make mud of each other, so only the busiest model's is drawn then."""
    of = f" of {next(iter(board.models)) or 'calls without a model'}" if len(board.models) > 2 else ""
    return f"Band: what is normal{of} at this hour, from the seven days before. Shade: incident."


def incident_shades(visit: Visit, found: Sequence[IncidentView]) -> list[Shade]:
    """Return the stretches of some incidents."""
    colours = TOKENS[visit.viewer.scheme]
    return [
        Shade(one.started, one.ended, colours["critical" if one["severity"] == "critical" else "warning"])
        for one in found
    ]


def values(visit: Visit, board: Board, figure: str) -> html.Div:
    """Return the chart as a table, and the query that made it."""
    columns = [
        Column("time", "time"),
        *(Column(model, model or "no model named", number=True) for model in board.models),
    ]
    at = {model: {bucket.at: bucket.value(figure) for bucket in buckets} for model, buckets in board.models.items()}
    moments = sorted({moment for found in at.values() for moment in found}, reverse=True)
    rows = [
        {
            "time": moment(when, visit.viewer.zone),
            **{model: quantity(at[model].get(when), UNITS[figure]) for model in at},
        }
        for when in moments
    ]
    return html.Div(
        [table(columns, rows, "Values of the chart"), html.Pre(html.Code(sql("calls_figures")), tabIndex="0")],
        className="behind",
    )


def _lines(visit: Visit, board: Board, figure: str) -> list[Line]:
    return [
        Line(
            model or "no model named",
            series_colour(visit.viewer.scheme, number),
            [(bucket.at, value) for bucket in buckets if (value := bucket.value(figure)) is not None],
            board.model_bands[model] if number == 0 or len(board.models) < 3 else (),
        )
        for number, (model, buckets) in enumerate(board.models.items())
    ]


def _aside(visit: Visit, figure: str, log: bool, opened: bool) -> list[Child]:
    scale = link("Linear" if log else "Log", visit.changed(scale="" if log else "log"))
    behind = link("Hide table" if opened else "Table and query", visit.changed(table="" if opened else "1"))
    return [scale, behind] if figure in LATENCIES else [behind]
