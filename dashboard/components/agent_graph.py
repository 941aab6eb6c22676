"""The graph of agents: who hands over to whom, what they use. Nodes are links over a drawing of the edges."""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence

from dash import html

from dashboard.charts.layers import Places, from_the_top, place
from dashboard.components.blocks import Child, extra, icon, link
from dashboard.format import count, duration, percent
from dashboard.pages.page import Visit
from dashboard.read.agents import AgentGraph, GraphEdge, GraphNode
from dashboard.theme import TOKENS, Scheme

ROW, NODE_HEIGHT = 52, 40
WIDTH = 1000.0  # of the drawing, which stretches to the card
# Of a column's width its node takes so much, and edges have the rest; many columns leave them less.
NODE_SHARE, CROWDED_SHARE, CROWDED = 0.62, 0.76, 4
THIN, THICK = 1.0, 4.0
FAILING, AMISS = 0.05, 0.02
KIND_ICONS = {"agent": "agent", "tool": "tool", "model": "model", "retrieval": "retrieval"}
KIND_WORDS = {"agent": "Agents", "tool": "Tools", "retrieval": "Sources", "model": "Models"}


def chosen_node(visit: Visit) -> str:
    """Return the id of the node that the address asks for, empty for none."""
    own = visit.address.own
    return f"agent:{own['agent']}" if own.get("agent") else own.get("node", "")


def agent_graph_view(visit: Visit, graph: AgentGraph) -> html.Div:
    """Return the drawing; edges of the chosen node stand out and say their numbers."""
    chosen = chosen_node(visit)
    places = _placed(graph, visit.address.own.get("agent", ""))
    if visit.viewer.narrow:
        places = from_the_top(places)
    height = places.rows * ROW
    drawing = _drawing(visit.viewer.scheme, graph, places, chosen)
    nodes: list[Child] = [_node(visit, one, places, one.id == chosen) for one in graph.nodes if one.id in places.at]
    labels = [_label(one, places) for one in graph.edges if chosen in (one.source, one.target)] if chosen else []
    return html.Div(
        html.Div(
            [html.Img(src=drawing, alt="", className="graph-edges"), *labels, *nodes],
            className="graph-plane",
            style={"height": f"{height}px"},
        ),
        className="graph-frame",
        tabIndex="0",
        role="region",
        **extra(aria_label="Agents, their hand-offs, tools, sources and models"),
    )


def error_share(calls: int, errors: int) -> float:
    """Return the share of calls that failed."""
    return errors / calls if calls else 0.0


def tone_of(share: float) -> str:
    """Return the tone of a share of failures."""
    return "critical" if share >= FAILING else "warning" if share >= AMISS else "quiet"


def _placed(graph: AgentGraph, agent: str) -> Places:
    """Agents by their hand-offs, then what they search and call, then their models; around one agent, all in three."""
    by_kind: dict[str, list[str]] = {}
    for node in sorted(graph.nodes, key=lambda one: -one.calls):
        by_kind.setdefault(node.kind, []).append(node.id)
    pairs = [(edge.source, edge.target) for edge in graph.edges]
    uses = [*by_kind.get("retrieval", []), *by_kind.get("tool", [])]
    if not agent:
        return place(by_kind.get("agent", []), [uses, by_kind.get("model", [])], pairs)
    centre = f"agent:{agent}"
    before = [source for source, target in pairs if target == centre and source != centre]
    after = [one for one in by_kind.get("agent", []) if one != centre and one not in before]
    flow = [(source, target) for source, target in pairs if target == centre]
    return place([*before, centre], [[*after, *uses, *by_kind.get("model", [])]], flow)


def _share(places: Places) -> float:
    return CROWDED_SHARE if places.columns >= CROWDED else NODE_SHARE


def _left(column: int, places: Places) -> float:
    """The left side of a node, as a share of the width; the first column touches the left side, the last the right."""
    step = 1 / places.columns
    return column * step + (column / max(1, places.columns - 1)) * step * (1 - _share(places))


def _node(visit: Visit, one: GraphNode, places: Places, chosen: bool) -> Child:
    column, row = places.at[one.id]
    share = error_share(one.calls, one.errors)
    said: list[Child] = [count(one.calls)]
    if tone_of(share) != "quiet":
        said.append(html.Span(f"✗ {percent(share)}", className=f"tone-{tone_of(share)}"))
    return link(
        [
            html.Span(icon(KIND_ICONS.get(one.kind, "span")), className=f"kind kind-{one.kind}"),
            html.Span([html.Span(one.name, className="node-name"), html.Span(said, className="node-figures")]),
        ],
        _node_href(visit, one, chosen),
        f"node node-{one.kind}" + (" here" if chosen else ""),
        style={
            "left": f"{100 * _left(column, places):.2f}%",
            "width": f"{100 * _share(places) / places.columns:.2f}%",
            "top": f"{row * ROW + (ROW - NODE_HEIGHT) / 2:.0f}px",
        },
        title=f"{one.name}: {one.calls:,} calls, {one.errors:,} failed",
    )


def _node_href(visit: Visit, one: GraphNode, chosen: bool) -> str:
    if one.kind == "agent":
        return visit.changed(agent="" if chosen else one.name, node="", run="", before="")
    return visit.changed(node="" if chosen else one.id, agent="", run="", before="")


def _label(edge: GraphEdge, places: Places) -> html.Span:
    """The edge's numbers, in the gap before the later of its two ends."""
    (x1, _), (x2, y2) = _ends(edge, places)
    gap = WIDTH * (1 - _share(places)) / places.columns
    x = max(x1, x2 - gap / 2) if x2 > x1 else x2 + gap / 2
    return html.Span(
        f"{count(edge.calls)} · {duration(edge.mean_ms)}",
        className="edge-label",
        style={"left": f"{100 * x / WIDTH:.2f}%", "top": f"{y2:.0f}px"},
        **extra(aria_hidden="true"),
    )


def _ends(edge: GraphEdge, places: Places) -> tuple[tuple[float, float], tuple[float, float]]:
    """The right side of the source and the left of the target; the right of both where they do not lie so."""
    wide = _share(places) / places.columns
    (from_column, from_row), (to_column, to_row) = places.at[edge.source], places.at[edge.target]
    x1 = WIDTH * (_left(from_column, places) + wide)
    x2 = WIDTH * (_left(to_column, places) + (0 if to_column > from_column else wide))
    return (x1, (from_row + 0.5) * ROW), (x2, (to_row + 0.5) * ROW)


def _drawing(scheme: Scheme, graph: AgentGraph, places: Places, chosen: str) -> str:
    most = max((edge.calls for edge in graph.edges), default=1)
    there = [edge for edge in graph.edges if edge.source in places.at and edge.target in places.at]
    near = [edge for edge in there if chosen in (edge.source, edge.target)]
    paths = [_path(scheme, edge, places, most, bool(chosen) and edge not in near) for edge in (*there, *near)]
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {places.rows * ROW}" '
        f'preserveAspectRatio="none" fill="none" stroke-linecap="round">{"".join(paths)}</svg>'
    )
    return f"data:image/svg+xml;base64,{base64.b64encode(drawing.encode()).decode()}"


def _path(scheme: Scheme, edge: GraphEdge, places: Places, most: int, faint: bool) -> str:
    tone = tone_of(error_share(edge.calls, edge.errors))
    colour = TOKENS[scheme]["muted" if tone == "quiet" else tone]
    wide = THIN + (THICK - THIN) * math.log1p(edge.calls) / math.log1p(most)
    opacity = 0.1 if faint else 0.4 if tone == "quiet" else 0.8
    return (
        f'<path d="{_way(edge, places)}" stroke="{colour}" stroke-width="{wide:.1f}" '
        f'stroke-opacity="{opacity}" vector-effect="non-scaling-stroke"/>'
    )


def _way(edge: GraphEdge, places: Places) -> str:
    """From the source's side to the target's; through columns in between it passes between two rows."""
    start, end = _ends(edge, places)
    way, at = f"M{start[0]:.1f} {start[1]:.1f}", start
    if places.at[edge.target][0] <= places.at[edge.source][0]:
        return way + _bend(at, end, back=True)
    first, last = places.at[edge.source][0] + 1, places.at[edge.target][0]
    for column in range(first, last):
        left = WIDTH * _left(column, places)
        right = left + WIDTH * _share(places) / places.columns
        share = (left - start[0]) / (end[0] - start[0])
        y = _between(column, start[1] + share * (end[1] - start[1]), places)
        way += _bend(at, (left, y)) + f"H{right:.1f}"
        at = (right, y)
    return way + _bend(at, end)


def _between(column: int, y: float, places: Places) -> float:
    """The line between two rows of a column that is nearest to ``y``; above and below its nodes there is room."""
    rows = [row for other, row in places.at.values() if other == column]
    first, last = min(rows) * ROW, (max(rows) + 1) * ROW
    return y if not first < y < last else first + round((y - first) / ROW) * ROW


def _bend(start: tuple[float, float], end: tuple[float, float], back: bool = False) -> str:
    (x1, y1), (x2, y2) = start, end
    reach = 40.0 if back else abs(x2 - x1) * 0.5
    second = x2 + reach if back else x2 - reach
    return f"C{x1 + reach:.1f} {y1:.1f} {second:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"


def edges_touching(edges: Sequence[GraphEdge], node: str) -> list[GraphEdge]:
    """Return the edges of a node, or all when none is chosen."""
    return [edge for edge in edges if not node or node in (edge.source, edge.target)]
