"""The facets beside the list of traces: what they have in common, how often, and a click to narrow to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dash import html

from dashboard.components.blocks import Child, bar, link
from dashboard.format import count
from dashboard.pages.page import Visit
from dashboard.read.facets import FACETS, facets

HEADS = {"service": "Service", "model": "Model", "region": "Region", "error": "Error"}


def facets_card(visit: Visit) -> html.Section:
    """Return one group a facet; on a phone they are folded away until asked for."""
    found = facets(visit.services.engine, visit.window, visit.address.scope)
    groups = [_group(visit, name, found[name]) for name in FACETS if found[name]]
    chosen = any(_chosen(visit, name) for name in FACETS)
    inner = html.Details(
        [html.Summary("Narrow by", className="card-title"), html.Div(groups, className="facets")],
        open=chosen or not visit.viewer.narrow,
    )
    return html.Section(inner, className="card wide-3 facet-card")


def _group(visit: Visit, name: str, values: Sequence[tuple[str, int]]) -> html.Div:
    most = max(held for _, held in values)
    rows = [_row(visit, name, value, held, most) for value, held in values]
    return html.Div([html.H3(HEADS[name], className="sub-head"), html.Ul(rows)], className="facet")


def _row(visit: Visit, name: str, value: str, held: int, most: int) -> html.Li:
    here = _chosen(visit, name) == value
    words: list[Child] = [
        html.Span(value, className="facet-value", title=value),
        html.Span("✕" if here else count(held), className="facet-count muted"),
        bar(held / most, "quiet"),
    ]
    return html.Li(link(words, _href(visit, name, "" if here else value), "facet-link here" if here else "facet-link"))


def _chosen(visit: Visit, name: str) -> str:
    scope, q = visit.address.scope, visit.address.own.get("q", "")
    return {"service": scope.service, "model": scope.model}.get(name, q)


def _href(visit: Visit, name: str, value: str) -> str:
    own = {**visit.address.own, "before": ""}
    scope = visit.address.scope
    if name == "service":
        scope = replace(scope, service=value)
    elif name == "model":
        scope = replace(scope, model=value)
    else:  # the list has no column for them, but its search reads every attribute
        own["q"] = value
    return visit.path + replace(visit.address, scope=scope).search(**own)
