"""Home's six figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from dash import html

from dashboard.charts.spark import sparkline
from dashboard.components.tile import Tile, tile
from dashboard.format import count, duration, money, percent, quantity
from dashboard.pages.page import Visit
from dashboard.read.bands import Band
from dashboard.read.figures import FIGURES, UNITS
from dashboard.read.home import Board
from dashboard.words import moved

LABELS = {
    "requests": "Requests",
    "failures": "Failures",
    "p95": "p95 latency",
    "ttft": "p95 first token",
    "tokens": "Tokens",
    "cost": "Cost",
}


def tiles(visit: Visit, board: Board, chosen: str) -> list[html.Div]:
    """Return one tile a figure; a click draws it by model below."""
    return [tile(_tile(visit, board, figure, chosen == figure)) for figure in FIGURES]


def _tile(visit: Visit, board: Board, figure: str, chosen: bool) -> Tile:
    points = [(bucket.at, value) for bucket in board.buckets if (value := bucket.value(figure)) is not None]
    band = board.bands[figure]
    return Tile(
        label=LABELS[figure],
        number=number(board, figure),
        change=change(board, figure),
        drawing=sparkline(visit.viewer.scheme, board.window, board.step, points, band),
        alt=_alt(figure, points),
        href=visit.changed(figure="" if figure == "p95" else figure),
        state=state(points[:-1], band),
        chosen=chosen,
    )


def number(board: Board, figure: str) -> str:
    """Return the figure of the whole window."""
    value = board.now.value(figure)
    if figure == "failures":
        return percent(value)
    return {"p95": duration, "ttft": duration, "cost": money}.get(figure, count)(value)


def change(board: Board, figure: str) -> str:
    """Return how it moved against the earlier window, in words that fit the figure."""
    if figure == "failures" and board.now.requests:
        was = f", was {percent(board.was.failures)}" if board.was.requests else ""
        return f"{count(board.now.failed)} calls{was}"
    if figure == "tokens" and board.now.tokens and not board.was.tokens:
        return f"{count(board.now.tokens_in)} in, {count(board.now.tokens_out)} out"
    return moved(board.now.value(figure), board.was.value(figure)) or "nothing to compare with yet"


def state(points: Sequence[tuple[datetime, float]], band: Sequence[tuple[datetime, Band | None]]) -> str:
    """Say whether the last two whole steps lay above or below the band: one alone is chance."""
    normal = dict(band)
    sides = [_side(value, normal.get(at)) for at, value in points[-2:]]
    return sides[0] if len(sides) == 2 and sides[0] == sides[1] else ""


def _side(value: float, band: Band | None) -> str:
    if band is None:
        return ""
    return "above" if value > band.high else "below" if value < band.low else ""


def _alt(figure: str, points: Sequence[tuple[datetime, float]]) -> str:
    if not points:
        return f"{LABELS[figure]}: no value in this time"
    values = [value for _, value in points]
    low, high, last = (quantity(value, UNITS[figure]) for value in (min(values), max(values), values[-1]))
    return f"{LABELS[figure]} over time: from {low} to {high}, now {last}; the grey band is normal"
