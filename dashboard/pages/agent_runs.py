"""The runs of one agent, and the steps of one run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from dash import html

from dashboard.components.blocks import Child, card, icon, link
from dashboard.components.table import Column, table
from dashboard.components.waterfall import NAMES, kind_of
from dashboard.format import clock, count, duration, exact, money
from dashboard.pages.page import Visit
from dashboard.read.agent_runs import RunRow, list_runs
from dashboard.read.cursor import START, Cursor, read_cursor
from dashboard.read.spans import Node, read_tree

PAGE = 25
RUNS = (
    Column("at", "Began"),
    Column("by", "Begun by", hidden_on_phone=True),
    Column("steps", "Steps", number=True, hidden_on_phone=True),
    Column("calls", "Model / tool / search", number=True, hidden_on_phone=True),
    Column("tokens", "Tokens", number=True, hidden_on_phone=True),
    Column("cost", "Cost", number=True, hidden_on_phone=True),
    Column("marks", "", main=True),
    Column("trace", "", number=True, hidden_on_phone=True),
    Column("duration", "Duration", number=True),
)
STEPS_SHOWN = 60


def runs_card(visit: Visit, agent: str) -> html.Section:
    """Return the agent's runs, newest first; chips narrow to failed ones and to those that went round in circles."""
    own = visit.address.own
    runs, onward = list_runs(
        visit.services.engine, agent, visit.window, visit.address.scope, errors=own.get("errors") == "1",
        loops=own.get("loops") == "1", cursor=_cursor(own.get("before", "")), limit=PAGE,
    )  # fmt: skip
    chips = html.Div([_chip(visit, "errors", "Failed"), _chip(visit, "loops", "In circles")], className="chips")
    more = [
        link("Newest", visit.changed(before=""), "button small") if own.get("before") else None,
        link("Older", visit.changed(before=onward.token()), "button small") if onward else None,
    ]
    rows = [_run(visit, one) for one in runs]
    body: Child = (
        table(RUNS, rows, f"Runs of {agent}, newest first", "linked")
        if rows
        else html.P("No run of that kind in this time.", className="muted")
    )
    return card(f"Runs of {agent}", chips, body, html.Div(more, className="more"))


def steps_card(visit: Visit) -> html.Section | None:
    """Return the steps of the run that ``?run=trace.span`` names, each where it lay in the run's time."""
    trace_id, _, span_id = visit.address.own.get("run", "").partition(".")
    tree = read_tree(visit.services.engine, trace_id, visit.address.scope.tenant) if span_id else None
    nodes = _below(tree.nodes if tree else (), span_id)
    if not nodes:
        return None
    run = nodes[0]
    rows: list[Child] = [_step(visit, trace_id, run, node) for node in nodes[:STEPS_SHOWN]]
    began = clock(datetime.fromtimestamp(run.start_ns / 1e9, UTC), visit.viewer.zone, visit.now)
    aside = [
        html.Span(f"began {began}, took {duration(run.duration_ns / 1e6)}", className="muted"),
        link("Whole trace", visit.href(f"/traces/{trace_id}", span=span_id)),
        link("Close", visit.changed(run="")),
    ]
    left_out = len(nodes) - STEPS_SHOWN
    more = html.P(f"{left_out} more steps are in the trace.", className="muted") if left_out > 0 else None
    return card(f"Steps of one run of {run.name.removeprefix('invoke_agent ')}", html.Ol(rows, className="steps"), more,
                aside=aside)  # fmt: skip


def _below(nodes: Sequence[Node], span_id: str) -> list[Node]:
    """The span and all that hangs below it: in a tree read from the top they stand together."""
    listed = list(nodes)
    first = next((at for at, node in enumerate(listed) if node.span_id == span_id), None)
    if first is None:
        return []
    depth = listed[first].depth
    after = next((at for at in range(first + 1, len(listed)) if listed[at].depth <= depth), len(listed))
    return listed[first:after]


def _step(visit: Visit, trace_id: str, run: Node, node: Node) -> html.Li:
    kind, whole = kind_of(node), max(1, run.duration_ns)
    left = 100 * (node.start_ns - run.start_ns) / whole
    place = {"left": f"{left:.2f}%", "width": f"max(2px, {100 * node.duration_ns / whole:.2f}%)"}
    tone = f"span-bar kind-{kind} critical" + (" failed" if node.failed else "")
    name = [
        html.Span(className="indent", style={"width": f"{min(node.depth - run.depth, 8) * 16}px"}),
        html.Span(icon(kind), className=f"kind kind-{kind}", title=NAMES[kind]),
        html.Span(node.name, className="span-name"),
        html.Span("✗", className="tone-critical", title="failed") if node.failed else None,
    ]
    return html.Li(
        link(
            [
                html.Span(name, className="span-label"),
                html.Span(html.Span(className=tone, style=place), className="lane"),
                html.Span(duration(node.duration_ns / 1e6), className="step-time"),
            ],
            visit.href(f"/traces/{trace_id}", span=node.span_id),
            "step" + (" failed" if node.failed else ""),
        )
    )


def _run(visit: Visit, one: RunRow) -> dict[str, Child]:
    run = f"{one.trace_id}.{one.span_id}"
    marks: list[Child] = []
    if one.status == "error":
        marks.append(html.Span(f"✗ {one.error_type or 'failed'}", className="tone-critical"))
    if one.loop_calls:
        marks.append(html.Span(f"↻ {one.loop_tool} ×{one.loop_calls}", className="tone-warning"))
    if one.handoffs:
        marks.append(html.Span(f"⇢ {one.handoffs}", className="muted", title=f"{one.handoffs} hand-offs"))
    here = visit.address.own.get("run") == run
    at = clock(one.started_at, visit.viewer.zone, visit.now)
    return {
        "kind": "here" if here else "",
        "at": link(at, visit.changed(run="" if here else run), "row-link"),
        "by": html.Span(one.parent_agent or one.user_id or "–", className="" if one.parent_agent else "muted"),
        "steps": exact(one.steps),
        "calls": f"{one.model_calls} / {one.tool_calls} / {one.retrievals}",
        "tokens": count(one.tokens_in + one.tokens_out),
        "cost": money(one.cost_usd) if one.cost_usd else "",
        "marks": html.Span(marks, className="marks"),
        "trace": html.Span(one.trace_id[:8], className="mono muted"),
        "duration": duration(one.duration_ms),
    }


def _chip(visit: Visit, name: str, words: str) -> Child:
    on = visit.address.own.get(name) == "1"
    return link(words, visit.changed(**{name: "" if on else "1", "before": ""}), "chip here" if on else "chip")


def _cursor(token: str) -> Cursor:
    try:
        return read_cursor(token)
    except ValueError:
        return START
