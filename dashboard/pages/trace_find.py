"""Find in a trace: the spans that a word is in, at any length of the trace; the word is in the URL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import ClientsideFunction, Dash, Input, dcc, html

from dashboard.components.blocks import Child, link
from dashboard.format import exact
from dashboard.pages.page import Visit
from dashboard.read.spans import Node, Tree

TYPED = ("operation", "model", "tool_name", "agent_name", "error_type", "finish_reason")


def wanted_of(visit: Visit) -> str:
    """Return the word that is looked for; empty when none is."""
    return visit.address.own.get("find", "").strip()[:100]


def matching(tree: Tree, wanted: str) -> Sequence[Node]:
    """Return the spans with the word in their name, service, id, model, tool, agent or error; all without a word."""
    if not wanted:
        return tree.nodes
    word = wanted.casefold()
    return [node for node in tree.nodes if word in _words(node)]


def find_box(visit: Visit, tree: Tree, found: Sequence[Node]) -> html.Div:
    """Return the box, and how many spans match."""
    wanted = wanted_of(visit)
    box = dcc.Input(
        id="find", type="text", value=wanted, placeholder="Find in spans", debounce=True, maxLength=100,
        autoComplete="off",
    )  # fmt: skip
    said: list[Child] = [html.Kbd("f")]
    if wanted:
        said = [
            html.Span(f"{exact(len(found))} of {exact(len(tree.nodes))} spans", className="muted"),
            link("Show all", visit.changed(find="", part="")),
        ]
    return html.Div([box, *said], className="find")


def register_find(app: Dash) -> None:
    """Register what writes the word into the URL."""
    client: Any = app.clientside_callback
    client(ClientsideFunction("spanwarden", "find"), Input("find", "value"), prevent_initial_call=True)


def _words(node: Node) -> str:
    told = (str(node.call.get(name) or "") for name in TYPED)
    return "\n".join((node.name, node.service, node.span_id, *told)).casefold()
