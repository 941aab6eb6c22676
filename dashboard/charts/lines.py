"""Series over time: lines with their normal band, incidents as shades, direct labels instead of a legend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from dashboard.address import Window
from dashboard.charts.axis import Unit, local, plain, unit_for
from dashboard.charts.blank import blank, note
from dashboard.format import quantity
from dashboard.read.bands import Band
from dashboard.theme import TOKENS, faint
from dashboard.viewer import Viewer

LABEL_LETTERS = 22
LABEL_GAP = 0.075  # of the chart's height, between two direct labels


@dataclass(frozen=True, slots=True)
class Line:
    """One series; ``band`` holds its normal band at its own moments."""

    name: str
    colour: str
    points: Sequence[tuple[datetime, float]]
    band: Sequence[tuple[datetime, Band | None]] = ()
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Shade:
    """A stretch of time to point at, such as an incident. ``end`` None goes on to the window's end."""

    start: datetime
    end: datetime | None
    colour: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Plot:
    """What a chart is about: its window and step, the unit of its values, its height in pixels."""

    window: Window
    step: timedelta
    unit: str
    height: int = 280
    log: bool = False


def line_chart(viewer: Viewer, plot: Plot, lines: Sequence[Line], shades: Sequence[Shade] = ()) -> dict[str, Any]:
    """Return the figure. A step without a value is a gap; a lone value is a dot."""
    unit = unit_for(plot.unit, _values(lines))
    figure = blank(viewer, plot, unit)
    for line in lines:
        figure["data"] += _band(viewer, plot, line, unit)
    for line in lines:
        figure["data"].append(_trace(viewer, plot, line, unit))
    figure["layout"]["shapes"] = shade_shapes(viewer, plot, shades)
    top = _top(lines, unit, plot.log)
    if top is not None:
        figure["layout"]["yaxis"]["range"] = [0, top]
    if len(lines) > 1 and not viewer.narrow:
        figure["layout"]["annotations"] = _labels(viewer, lines, unit, top)
        figure["layout"]["margin"]["r"] = 30 + 7 * min(LABEL_LETTERS, max(len(line.name) for line in lines))
    return figure


def shade_shapes(viewer: Viewer, plot: Plot, shades: Sequence[Shade]) -> list[dict[str, Any]]:
    """Return the stretches as shapes below the series."""
    return [_shape(viewer, plot, shade) for shade in shades]


def _values(lines: Sequence[Line]) -> list[float]:
    return [value for line in lines for _, value in line.points]


def _top(lines: Sequence[Line], unit: Unit, log: bool) -> float | None:
    """The axis ends a little above the highest value; a band alone does not squeeze the lines flat."""
    if log:
        return None
    values = _values(lines)
    highs = [band.high for line in lines for _, band in line.band if band]
    if not values and not highs:
        return None
    highest = max(values) if values else max(highs)
    return 1.12 * unit.factor * max(highest, min(max(highs, default=0.0), 1.6 * highest)) or 1.0


def _trace(viewer: Viewer, plot: Plot, line: Line, unit: Unit) -> dict[str, Any]:
    spaced = _with_gaps(line.points, plot.step)
    lone = [
        value is not None and _absent(spaced, at - 1) and _absent(spaced, at + 1)
        for at, (_, value) in enumerate(spaced)
    ]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": plain(line.name),
        "x": [local(at, viewer.zone) for at, _ in spaced],
        "y": [None if value is None else value * unit.factor for _, value in spaced],
        "line": {"color": line.colour, "width": 1.75, "dash": "dot" if line.dashed else "solid"},
        "marker": {"color": line.colour, "size": [5 if alone else 0 for alone in lone]},
        "connectgaps": False,
        "customdata": [quantity(value, plot.unit) for _, value in spaced],
        "hovertemplate": "%{customdata}",
    }


def _absent(points: Sequence[tuple[datetime, float | None]], at: int) -> bool:
    return not 0 <= at < len(points) or points[at][1] is None


def _with_gaps(points: Sequence[tuple[datetime, float]], step: timedelta) -> list[tuple[datetime, float | None]]:
    spaced: list[tuple[datetime, float | None]] = []
    for at, value in points:
        if spaced and at - spaced[-1][0] > 1.5 * step:
            spaced.append((spaced[-1][0] + step, None))
        spaced.append((at, value))
    return spaced


def _band(viewer: Viewer, plot: Plot, line: Line, unit: Unit) -> list[dict[str, Any]]:
    """The band as filled outlines, one for each stretch that has one."""
    stretches: list[list[tuple[datetime, Band]]] = []
    for at, band in line.band:
        if band is None:
            continue
        if not stretches or at - stretches[-1][-1][0] > 1.5 * plot.step:
            stretches.append([])
        stretches[-1].append((at, band))
    return [_outline(viewer, line.colour, stretch, unit) for stretch in stretches if len(stretch) > 1]


def _outline(viewer: Viewer, colour: str, stretch: list[tuple[datetime, Band]], unit: Unit) -> dict[str, Any]:
    times = [local(at, viewer.zone) for at, _ in stretch]
    highs = [band.high * unit.factor for _, band in stretch]
    lows = [band.low * unit.factor for _, band in stretch]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": times + times[::-1],
        "y": highs + lows[::-1],
        "fill": "toself",
        "fillcolor": faint(colour, 0.10 if viewer.scheme == "light" else 0.14),
        "line": {"width": 0},
        "hoverinfo": "skip",
    }


def _shape(viewer: Viewer, plot: Plot, shade: Shade) -> dict[str, Any]:
    return {
        "type": "rect",
        "xref": "x",
        "yref": "paper",
        "x0": local(max(shade.start, plot.window.start), viewer.zone),
        "x1": local(min(shade.end or plot.window.end, plot.window.end), viewer.zone),
        "y0": 0,
        "y1": 1,
        "fillcolor": faint(shade.colour, 0.10),
        "line": {"width": 0},
        "layer": "below",
        "label": {
            "text": plain(shade.label, 24),
            "textposition": "top left",
            "font": {"size": 12, "color": shade.colour},
            "padding": 4,
        },
    }


def _labels(viewer: Viewer, lines: Sequence[Line], unit: Unit, top: float | None) -> list[dict[str, Any]]:
    """Names at the lines' ends, moved apart where they would meet."""
    ends = [(line.points[-1][1] * unit.factor / (top or 1.0), line) for line in lines if line.points]
    if top is None:
        ends = [(0.95 - 0.08 * number, line) for number, (_, line) in enumerate(ends)]
    placed: list[tuple[float, Line]] = []
    for height, line in sorted(ends, key=lambda end: end[0]):
        lowest = placed[-1][0] + LABEL_GAP if placed else 0.02
        placed.append((max(height, lowest), line))
    excess = max(0.0, placed[-1][0] - 1.0) if placed else 0.0
    text = TOKENS[viewer.scheme]["text"]
    return [
        note(f"<b style='color:{line.colour}'>━</b> {plain(line.name, LABEL_LETTERS)}", height - excess, text)
        for height, line in placed
    ]
