"""Trace: one request from end to end. Tree and waterfall in step, the chosen span in full beside them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from dash import Dash, Input, Output, State, dcc, html, no_update

from dashboard.address import Scope, Window
from dashboard.components.blocks import Child, code, empty, facts, link
from dashboard.components.span_detail import span_detail
from dashboard.components.waterfall import SHOWN, waterfall
from dashboard.format import count, duration, exact, moment, money
from dashboard.pages.page import Drawn, Visit, VisitOf
from dashboard.pages.trace_find import find_box, matching, register_find, wanted_of
from dashboard.read.lists import decisions
from dashboard.read.logs import MOST_OF_SPAN, read_logs
from dashboard.read.spans import Node, Tree, read_calls, read_spans, read_tree


def draw(visit: Visit) -> Drawn:
    """Draw one trace; ``?span=`` chooses a span, ``?part=`` the rows of a long trace."""
    trace_id = visit.values["trace_id"]
    tree = read_tree(visit.services.engine, trace_id, visit.address.scope.tenant)
    if tree is None:
        return Drawn("Trace", _unknown(visit, trace_id))
    chosen = _chosen(tree, visit.address.own.get("span", ""))
    nodes = matching(tree, wanted_of(visit))
    start = _start(visit, nodes)
    return Drawn(
        tree.nodes[0].name or "Trace",
        [
            dcc.Store(id="chosen", data={"trace": trace_id, "span": chosen}),
            _head(visit, tree),
            html.Div(
                [
                    html.Section(
                        [
                            find_box(visit, tree, nodes),
                            waterfall(tree, nodes, chosen, start),
                            _parts(visit, nodes, start),
                        ],
                        className="card trace-tree",
                    ),
                    html.Section(detail(visit, trace_id, chosen), className="card trace-detail", id="detail"),
                ],
                className="trace",
            ),
        ],
    )


def detail(visit: Visit, trace_id: str, span_id: str) -> list[Child]:
    """Return the chosen span in full."""
    engine = visit.services.engine
    rows = read_spans(engine, trace_id, span_id=span_id, limit=1)
    if not rows:
        return [empty("This span is not stored any more.")]
    calls = read_calls(engine, trace_id, span_id=span_id)
    decided = _decided(visit, trace_id, span_id, rows[0]["start_ns"])
    records = read_logs(engine, trace_id, span_id=span_id, limit=MOST_OF_SPAN)
    return span_detail(visit, rows[0], calls[0] if calls else None, decided, records)


def register(app: Dash, visit_of: VisitOf) -> None:
    """Register what follows the selection in the tree, and the search within it."""
    register_find(app)

    @app.callback(
        Output("detail", "children"),
        Input("chosen", "data"),
        State("url", "pathname"),
        State("url", "search"),
        State("viewer", "data"),
        prevent_initial_call=True,
    )
    async def follow(chosen: Any, path: Any, search: Any, viewer: Any) -> Any:  # noqa: ANN401
        trace, span = (chosen.get(key) for key in ("trace", "span")) if isinstance(chosen, dict) else (None, None)
        if not isinstance(trace, str) or not isinstance(span, str):
            return no_update
        return await asyncio.to_thread(detail, visit_of(path, search, viewer), trace, span)


def _decided(visit: Visit, trace_id: str, span_id: str, start_ns: int) -> list[Any]:
    began = datetime.fromtimestamp(start_ns // 10**9, UTC)
    window = Window(began - timedelta(days=2), visit.now + timedelta(days=2))
    rows, _ = decisions(visit.services.engine, window, Scope(), trace=trace_id, limit=200)
    return [row for row in rows if row["span_id"] == span_id]


def _chosen(tree: Tree, asked: str) -> str:
    """The span that was asked for, else the first that failed, else the first model call, else the root."""
    if any(node.span_id == asked for node in tree.nodes):
        return asked
    deepest = [node for node in tree.nodes if node.failed]
    calls = [node for node in tree.nodes if node.call.get("is_llm_call")]
    return (deepest[-1:] or calls or [tree.nodes[0]])[0].span_id


def _head(visit: Visit, tree: Tree) -> html.Header:
    root, calls = tree.nodes[0], [node.call for node in tree.nodes if node.call.get("is_llm_call")]
    failed = sum(node.failed for node in tree.nodes)
    tokens = sum((call.get("input_tokens") or 0) + (call.get("output_tokens") or 0) for call in calls)
    said: list[tuple[str, Child]] = [
        ("Duration", duration(tree.duration_ns / 1e6)),
        ("Started", moment(datetime.fromtimestamp(root.start_ns / 1e9, UTC), visit.viewer.zone)),
        ("Spans", f"{exact(len(tree.nodes))}{' and more' if tree.cut else ''}"),
        ("Failed", html.Span(f"✗ {failed}", className="tone-critical") if failed else ""),
        ("Tokens", count(tokens) if tokens else ""),
        ("Cost", money(sum(call.get("cost_usd") or 0.0 for call in calls)) if calls else ""),
        ("Service", root.service),
        ("User", _search(visit, _first(tree, "user_id"))),
        ("Session", _search(visit, _first(tree, "session_id"))),
    ]
    crumb = html.P([link("Traces", visit.href("/traces")), " / ", code(tree.trace_id)], className="crumb")
    title = html.H1(root.name or "unnamed trace", className="verdict")
    return html.Header(
        [crumb, title, facts(*((name, value) for name, value in said if value))], className="page-head trace-head"
    )


def _search(visit: Visit, value: str) -> Child:
    return link(value, visit.href("/traces", q=value)) if value else ""


def _first(tree: Tree, column: str) -> str:
    return next((str(node.call[column]) for node in tree.nodes if node.call.get(column)), "")


def _start(visit: Visit, nodes: Sequence[Node]) -> int:
    asked = visit.address.own.get("part", "")
    part = int(asked) if asked.isdigit() and len(asked) < 6 else 0
    return min(part * SHOWN, max(0, (len(nodes) - 1) // SHOWN * SHOWN))


def _parts(visit: Visit, nodes: Sequence[Node], start: int) -> Child:
    if len(nodes) <= SHOWN:
        return html.P(_keys(), className="muted keys")
    last = min(start + SHOWN, len(nodes))
    before = link("Before", visit.changed(part=str(start // SHOWN - 1)), "button small") if start else None
    after = link("After", visit.changed(part=str(start // SHOWN + 1)), "button small") if last < len(nodes) else None
    return html.Div(
        [html.Span(f"Spans {start + 1:,} to {last:,} of {len(nodes):,}", className="muted"), before, after],
        className="more",
    )


def _keys() -> list[Child]:
    return [html.Kbd("j"), " ", html.Kbd("k"), " move  ", html.Kbd("f"), " find  ", html.Kbd("e"), " next error"]


def _unknown(visit: Visit, trace_id: str) -> Child:
    return html.Div(
        [
            html.H1("This trace is not stored", className="verdict"),
            html.P(
                ["No span of ", code(trace_id), " is here. It may still be on its way, or older than what is kept."],
                className="verdict-of",
            ),
            html.P(["Back to ", link("all traces", visit.href("/traces")), "."]),
        ],
        className="page-head",
    )
