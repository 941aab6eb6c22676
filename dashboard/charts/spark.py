"""A sparkline: the shape of a series and its normal band, as a small drawing without script."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime, timedelta

from dashboard.address import Window
from dashboard.read.bands import Band
from dashboard.theme import TOKENS, Scheme

WIDTH, HEIGHT, EDGE = 240.0, 40.0, 3.0


def sparkline(
    scheme: Scheme,
    window: Window,
    step: timedelta,
    points: Sequence[tuple[datetime, float]],
    band: Sequence[tuple[datetime, Band | None]] = (),
) -> str:
    """Return the drawing as a ``data:`` URI; it stretches to the width it is given."""
    colours = TOKENS[scheme]
    highs = [one.high for _, one in band if one]
    highest = max([value for _, value in points], default=0.0)
    top = max(highest, min(max(highs, default=0.0), 2 * highest)) or 1.0
    place = _Place(window, top)
    parts = [_band(place, band, colours["muted"])] if highs else []
    parts += [_line(place, run, colours["accent"]) for run in _runs(points, step)]
    if points:
        x, y = place(*points[-1])
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.2" fill="{colours["accent"]}"/>')
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" '
        f'preserveAspectRatio="none">{"".join(parts)}</svg>'
    )
    return f"data:image/svg+xml;base64,{base64.b64encode(drawing.encode()).decode()}"


class _Place:
    """Where a value lies in the drawing; counts from zero."""

    def __init__(self, window: Window, top: float) -> None:
        self._start, self._length, self._top = window.start, window.length, top

    def __call__(self, at: datetime, value: float) -> tuple[float, float]:
        share = min(1.0, max(0.0, (at - self._start) / self._length))
        height = min(1.0, max(0.0, value / self._top))
        return EDGE + share * (WIDTH - 2 * EDGE), HEIGHT - EDGE - height * (HEIGHT - 2 * EDGE)


def _runs(points: Sequence[tuple[datetime, float]], step: timedelta) -> list[list[tuple[datetime, float]]]:
    runs: list[list[tuple[datetime, float]]] = []
    for at, value in points:
        if not runs or at - runs[-1][-1][0] > 1.5 * step:
            runs.append([])
        runs[-1].append((at, value))
    return runs


def _line(place: _Place, run: Sequence[tuple[datetime, float]], colour: str) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*point) for point in run))
    return (
        f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5" '
        'stroke-linejoin="round" vector-effect="non-scaling-stroke"/>'
    )


def _band(place: _Place, band: Sequence[tuple[datetime, Band | None]], colour: str) -> str:
    there = [(at, one) for at, one in band if one]
    upper = [place(at, one.high) for at, one in there]
    lower = [place(at, one.low) for at, one in reversed(there)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in upper + lower)
    return f'<polygon points="{path}" fill="{colour}" fill-opacity="0.18"/>'
