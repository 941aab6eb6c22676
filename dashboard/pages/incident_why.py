"""Why: the slices that moved, ranked, each with its selection beside its baseline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import html

from dashboard.components.blocks import bar, card, extra, link
from dashboard.format import known, percent
from dashboard.pages.incident_scope import slice_href
from dashboard.pages.page import Visit
from dashboard.read.incidents import IncidentView
from dashboard.words import confidence, slice_words, value_words

SHOWN = 6


def why_card(visit: Visit, one: IncidentView) -> html.Section:
    """Return the slices that moved, ranked: the selection beside its baseline, and how much each explains."""
    causes = one["causes"][:SHOWN]
    share = causes[0].get("share_explained") if causes else None
    said = html.P(confidence(share, len(causes)))
    rows = [_cause(visit, one, cause, _largest(causes)) for cause in causes]
    rest = one["unexplained_share"]
    left = (
        html.P(
            [bar(rest, "quiet"), html.Span(f"{percent(rest)} is not explained by any slice.", className="muted")],
            className="rest",
        )
        if known(rest) and causes
        else None
    )
    key = (
        html.P(
            [
                html.Span(className="swatch during"),
                "during the incident  ",
                html.Span(className="swatch normal"),
                "normally",
            ],
            className="muted key",
        )
        if causes
        else None
    )
    return card("Why", said, html.Ol(rows, className="causes"), left, key, wide=8)


def _largest(causes: list[Mapping[str, Any]]) -> float:
    numbers = [
        value
        for cause in causes
        for key in ("selection", "baseline")
        if isinstance(value := cause.get(key), int | float)
    ]
    return max(numbers, default=1.0) or 1.0


def _cause(visit: Visit, one: IncidentView, cause: Mapping[str, Any], largest: float) -> html.Li:
    piece, share = cause.get("slice", {}), cause.get("share_explained")
    selection, baseline = cause.get("selection"), cause.get("baseline")
    name = link(slice_words(piece), slice_href(visit, one, piece)) if piece else "all of it"
    pair = html.Div(
        [_measure("during", selection, largest, one["unit"]), _measure("normal", baseline, largest, one["unit"])],
        className="measures",
    )
    told = html.Span([html.Strong(percent(share)), html.Span(" explained", className="muted")], className="nowrap")
    return html.Li([html.Div([name, told], className="row-line"), pair])


def _measure(kind: str, value: object, largest: float, unit: str) -> html.Div:
    number = float(value) if isinstance(value, int | float) else None
    width = f"{100 * number / largest:.1f}%" if number is not None else "0"
    filled = html.Span(className=f"measure {kind}", style={"width": width})
    return html.Div(
        [
            html.Span(filled, className="track", **extra(aria_hidden="true")),
            html.Span(value_words(value, unit), className="nowrap"),
        ]
    )
