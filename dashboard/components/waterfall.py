"""A trace as a tree beside its waterfall: one row a span, one selection; the critical path solid, the rest lighter."""

from __future__ import annotations

import math
from collections.abc import Sequence

from dash import html

from dashboard.components.blocks import Child, extra, icon
from dashboard.format import count, duration, money
from dashboard.read.spans import Node, Tree

SHOWN = 400
STRIP = 120  # marks in the overview
ROUND = (1, 2, 3, 4, 5, 6, 8, 10, 20)
LONG = (15, 20, 30, 60, 120, 180, 300, 600, 900, 1200, 1800, 3600, 7200, 10_800, 14_400, 21_600, 43_200, 86_400)  # s
KINDS = {
    **dict.fromkeys(("chat", "text_completion", "generate_content", "embeddings"), "model"),
    **dict.fromkeys(("rerank", "retrieval"), "retrieval"),
    **dict.fromkeys(("invoke_agent", "create_agent", "invoke_workflow"), "agent"),
    "execute_tool": "tool",
}
NAMES = {"model": "model call", "tool": "tool", "retrieval": "retrieval", "agent": "agent", "span": "span"}


def waterfall(tree: Tree, nodes: Sequence[Node], chosen: str, start: int = 0) -> html.Div:
    """Return the rows of ``nodes`` from ``start`` on, with the overview of the whole trace above them."""
    shown = nodes[start : start + SHOWN]
    rows: list[Child] = [_row(tree, node, node.span_id == chosen) for node in shown]
    return html.Div(
        [
            _overview(tree),
            _scale(tree),
            html.Div(rows, id="rows", className="span-rows", role="listbox", **extra(aria_label="Spans")),
        ],
        className="waterfall",
    )


def kind_of(node: Node) -> str:
    """Return which of the kinds in ``NAMES`` a span is."""
    return KINDS.get(node.operation, "span")


def _row(tree: Tree, node: Node, chosen: bool) -> html.Button:
    kind = kind_of(node)
    label = [
        html.Span(style={"width": f"{min(node.depth, 12) * 14}px"}, className="indent"),
        html.Span(icon(kind), className=f"kind kind-{kind}", title=NAMES[kind]),
        html.Span(node.name, className="span-name"),
        html.Span("✗", className="tone-critical", title="failed") if node.failed else None,
        html.Span(f"⟦{node.masked}⟧", className="masked", title=f"{node.masked} masked") if node.masked else None,
    ]
    return html.Button(
        [
            html.Span(label, className="span-label"),
            html.Span(_figures(node), className="span-figures"),
            html.Span(_bar(tree, node, kind), className="lane"),
        ],
        className="span-row" + (" failed" if node.failed else ""),
        role="option",
        type="button",
        tabIndex="0" if chosen else "-1",
        **extra(data_span=node.span_id, data_failed=str(int(node.failed)), aria_selected="true" if chosen else "false"),
    )


def _figures(node: Node) -> list[Child]:
    call = node.call if node.call.get("is_llm_call") else {}
    tokens = (call.get("input_tokens") or 0) + (call.get("output_tokens") or 0)
    cost = call.get("cost_usd")
    more = [f"{count(tokens)} tok"] if tokens else []
    more += [money(cost)] if cost else []
    return [
        html.Span(" · ".join(more), className="muted"),
        html.Span(duration(node.duration_ns / 1e6), className="span-time"),
    ]


def _bar(tree: Tree, node: Node, kind: str) -> html.Span:
    left, width = _place(tree, node.start_ns, node.duration_ns)
    first = _first_token(node)
    inside = html.Span(className="first-token", style={"left": f"{first:.2f}%"}, title="first token") if first else None
    kinds = f"span-bar kind-{kind}" + (" critical" if node.critical else "") + (" failed" if node.failed else "")
    return html.Span(inside, className=kinds, style={"left": f"{left:.3f}%", "width": f"max(2px, {width:.3f}%)"})


def _first_token(node: Node) -> float | None:
    ttft, length = node.call.get("ttft_ms"), node.duration_ns / 1e6
    return 100 * ttft / length if ttft and length and 0 < ttft < length else None


def _place(tree: Tree, start_ns: int, duration_ns: int) -> tuple[float, float]:
    whole = tree.duration_ns
    return 100 * (start_ns - tree.start_ns) / whole, 100 * duration_ns / whole


def _overview(tree: Tree) -> html.Div:
    """The whole trace in a strip: every span as a line at its depth."""
    marks = []
    for node in _spread(tree.nodes):
        left, width = _place(tree, node.start_ns, node.duration_ns)
        place = {"left": f"{left:.2f}%", "width": f"max(1px, {width:.2f}%)", "top": f"{min(node.depth, 6) * 4}px"}
        kinds = f"mini kind-{kind_of(node)}" + (" failed" if node.failed else "")
        marks.append(html.Span(className=kinds, style=place))
    return html.Div(marks, className="overview", **extra(aria_hidden="true"))


def _spread(nodes: Sequence[Node]) -> Sequence[Node]:
    if len(nodes) <= STRIP:
        return nodes
    return sorted(nodes, key=lambda node: -node.duration_ns)[:STRIP]


def _scale(tree: Tree) -> html.Div:
    whole = tree.duration_ns / 1e6
    step = _step(whole)
    ticks = [
        html.Span(duration(step * number) if number else "0", style={"left": f"{100 * step * number / whole:.2f}%"})
        for number in range(4)
        if step * number <= 0.82 * whole  # a label further to the right would run over the side
    ]
    return html.Div(
        [html.Span("Span", className="span-label"), html.Span(), html.Span(ticks, className="ticks")],
        className="scale",
        **extra(aria_hidden="true"),
    )


def _step(whole: float) -> float:
    """Return the smallest round number of milliseconds that cuts ``whole`` into four at most."""
    least = whole / 4
    if least > 10_000:
        return next((1000.0 * step for step in LONG if 1000 * step >= least), 86_400_000.0 * math.ceil(least / 8.64e7))
    size = 10.0 ** math.floor(math.log10(least))
    return next(size * number for number in ROUND if size * number >= least)
