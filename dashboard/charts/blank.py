"""The paper on which every chart is drawn: hairline grid, no frame, one crosshair, the mode bar only on hover."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dashboard.charts.axis import Unit, local
from dashboard.theme import SANS, TOKENS
from dashboard.viewer import Viewer

if TYPE_CHECKING:
    from dashboard.charts.lines import Plot

CONFIG: Any = {
    "displaylogo": False,
    "displayModeBar": False,
    "responsive": True,
    "doubleClick": False,
    "showTips": False,
}


def blank(viewer: Viewer, plot: Plot, unit: Unit) -> dict[str, Any]:
    """Return a figure without series: its axes, fonts and colours."""
    return {"data": [], "layout": layout(viewer, plot, unit)}


def layout(viewer: Viewer, plot: Plot, unit: Unit) -> dict[str, Any]:
    """Return the layout of a chart over time."""
    colours = TOKENS[viewer.scheme]
    window = plot.window
    ends = [local(window.start, viewer.zone), local(window.end, viewer.zone)]
    return {
        "height": plot.height,
        "margin": {"l": 52, "r": 12, "t": 8, "b": 40},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": SANS, "size": 12, "color": colours["muted"]},
        "showlegend": False,
        "hovermode": "x unified",
        "hoverlabel": {
            "bgcolor": colours["surface"],
            "bordercolor": colours["hairline"],
            "font": {"family": SANS, "size": 12, "color": colours["text"]},
            "namelength": 32,
        },
        "dragmode": "zoom",
        "uirevision": "stay",
        "xaxis": {**_time(colours), "range": ends, "nticks": 5 if viewer.narrow else 9, "tickangle": 0},
        "yaxis": {**_value(colours, unit), "type": "log" if plot.log else "linear"},
    }


def note(text: str, height: float, colour: str) -> dict[str, Any]:
    """Return a direct label at the right edge; ``height`` is a share of the chart's."""
    return {
        "xref": "paper",
        "yref": "paper",
        "x": 1,
        "y": height,
        "xanchor": "left",
        "xshift": 6,
        "yanchor": "middle",
        "showarrow": False,
        "text": text,
        "font": {"size": 12, "color": colour},
        "align": "left",
    }


def _time(colours: Any) -> dict[str, Any]:  # noqa: ANN401 (a mapping of colours)
    return {
        "type": "date",
        "showgrid": False,
        "zeroline": False,
        "linecolor": colours["hairline"],
        "ticks": "outside",
        "ticklen": 4,
        "tickcolor": colours["hairline"],
        "showspikes": True,
        "spikemode": "across",
        "spikethickness": 1,
        "spikecolor": colours["muted"],
        "spikedash": "solid",
        "spikesnap": "cursor",
        "hoverformat": "%a %-d %b, %H:%M",
        "tickformatstops": [
            {"dtickrange": [None, 60_000], "value": "%H:%M:%S"},
            {"dtickrange": [60_000, 86_400_000], "value": "%H:%M\n%-d %b"},
            {"dtickrange": [86_400_000, None], "value": "%-d %b"},
        ],
    }


def _value(colours: Any, unit: Unit) -> dict[str, Any]:  # noqa: ANN401
    return {
        "rangemode": "tozero",
        "fixedrange": True,
        "gridcolor": colours["hairline"],
        "gridwidth": 1,
        "zeroline": False,
        "tickprefix": unit.prefix,
        "ticksuffix": unit.suffix,
        "tickformat": unit.form,
        "nticks": 5,
        "automargin": True,
    }
