"""Counts over time as stacked bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dashboard.charts.axis import local, plain, unit_for
from dashboard.charts.blank import blank
from dashboard.charts.lines import Plot, Shade, shade_shapes
from dashboard.format import quantity
from dashboard.theme import TOKENS
from dashboard.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Stack:
    """One layer of the bars."""

    name: str
    colour: str
    points: Sequence[tuple[datetime, float]]
    opacity: float = 1.0


def bar_chart(viewer: Viewer, plot: Plot, stacks: Sequence[Stack], shades: Sequence[Shade] = ()) -> dict[str, Any]:
    """Return the figure; a step without a value has no bar."""
    heights: dict[datetime, float] = {}
    for stack in stacks:
        for at, value in stack.points:
            heights[at] = heights.get(at, 0.0) + value
    unit = unit_for(plot.unit, heights.values())
    figure = blank(viewer, plot, unit)
    figure["data"] = [_bars(viewer, plot, stack, unit.factor) for stack in stacks if stack.points]
    figure["layout"] |= {"barmode": "stack", "bargap": 0.12, "shapes": shade_shapes(viewer, plot, shades)}
    figure["layout"]["yaxis"]["nticks"] = 3 if plot.height < 160 else 5
    return figure


def outcome_stacks(viewer: Viewer, steps: Sequence[tuple[datetime, float, float]]) -> list[Stack]:
    """Return what went well under what failed, from (time, all, failed)."""
    colours = TOKENS[viewer.scheme]
    return [
        Stack("ok", colours["muted"], [(at, whole - failed) for at, whole, failed in steps], 0.45),
        Stack("failed", colours["critical"], [(at, failed) for at, _, failed in steps]),
    ]


def _bars(viewer: Viewer, plot: Plot, stack: Stack, factor: float) -> dict[str, Any]:
    width = plot.step.total_seconds() * 1000
    return {
        "type": "bar",
        "name": plain(stack.name),
        "x": [local(at, viewer.zone) for at, _ in stack.points],
        "y": [value * factor for _, value in stack.points],
        "width": width * 0.88,
        "offset": width * 0.06,
        "marker": {"color": stack.colour, "opacity": stack.opacity, "line": {"width": 0}},
        "customdata": [quantity(value, plot.unit) for _, value in stack.points],
        "hovertemplate": "%{customdata}",
    }
