"""The tables beside the graph of agents: edges, agents, tools."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html

from dashboard.components.agent_graph import chosen_node, edges_touching, error_share, tone_of
from dashboard.components.blocks import Child, bar, card, icon, link
from dashboard.components.table import Column, table
from dashboard.format import ago, count, duration, exact, money, percent, some
from dashboard.pages.page import Visit
from dashboard.read.agents import AgentGraph, AgentRow
from dashboard.read.tools import ToolRow, list_tools

EDGES = (
    Column("edge", "From → to", main=True),
    Column("calls", "Calls", number=True),
    Column("failed", "Failed", number=True),
    Column("mean", "Mean", number=True, hidden_on_phone=True),
)
AGENTS = (
    Column("agent", "Agent", main=True),
    Column("runs", "Runs", number=True),
    Column("failed", "Failed", number=True),
    Column("p50", "p50", number=True, hidden_on_phone=True),
    Column("p95", "p95", number=True, hidden_on_phone=True),
    Column("calls", "Model calls", number=True, hidden_on_phone=True),
    Column("tools", "Tool calls", number=True, hidden_on_phone=True),
    Column("handoffs", "Hand-offs in / out", number=True, hidden_on_phone=True),
    Column("loops", "Loops", number=True, hidden_on_phone=True),
    Column("tokens", "Tokens", number=True, hidden_on_phone=True),
    Column("cost", "Cost", number=True, hidden_on_phone=True),
    Column("last", "Last", number=True, hidden_on_phone=True),
)
TOOLS = (
    Column("tool", "Tool", main=True),
    Column("calls", "Calls", number=True),
    Column("failed", "Failed", number=True),
    Column("p50", "p50", number=True, hidden_on_phone=True),
    Column("p95", "p95", number=True, hidden_on_phone=True),
)
EDGES_SHOWN, TOOLS_SHOWN = 12, 12
ICONS = {"handoff": "agent", "tool": "tool", "model": "model", "retrieval": "retrieval"}


def failed_cell(calls: int, errors: int, most: str = "") -> Child:
    """Return a share of failures with its bar, or nothing when there is none; ``most`` is the commonest error."""
    if not errors:
        return html.Span("–", className="muted")
    share = error_share(calls, errors)
    tone = tone_of(share)
    return [
        bar(share, tone),
        html.Span(
            percent(share),
            className=f"fixed tone-{tone}",
            title=f"{errors:,} failed, most: {most}" if most else f"{errors:,} failed",
        ),
    ]


def edges_card(visit: Visit, graph: AgentGraph) -> html.Section:
    """Return the edges as a table, those of the chosen node when there is one: the drawing's figures."""
    edges = sorted(edges_touching(graph.edges, chosen_node(visit)), key=lambda one: -one.calls)
    rows = [
        {
            "edge": [
                html.Span(icon(ICONS.get(one.kind, "span")), className=f"kind kind-{_kind(one.target)}"),
                html.Span(f"{_name(one.source)} → {_name(one.target)}", className="edge-name"),
            ],
            "calls": exact(one.calls),
            "failed": failed_cell(one.calls, one.errors),
            "mean": duration(one.mean_ms),
        }
        for one in edges
    ]
    return card("Edges", folded(rows, EDGES, "Edges of the graph, most calls first", EDGES_SHOWN), wide=6)


def agents_card(visit: Visit, agents: Sequence[AgentRow]) -> html.Section:
    """Return every agent with what it did."""
    rows = [_agent(visit, one) for one in agents]
    return card("Agents", table(AGENTS, rows, "Agents, most runs first", "linked"))


def tools_card(visit: Visit, agent: str) -> html.Section:
    """Return the tools that agents used, or one agent did."""
    tools = list_tools(visit.services.engine, visit.window, visit.address.scope, agent=agent)
    rows = [_tool(one) for one in tools]
    title = f"Tools of {agent}" if agent else "Tools"
    return card(title, folded(rows, TOOLS, "Tools, most calls first", TOOLS_SHOWN), wide=6)


def folded(rows: list[dict[str, Child]], columns: Sequence[Column], caption: str, shown: int) -> list[Child]:
    """Return a table of the first rows, and the others behind a click."""
    if not rows:
        return [html.P("None in this time.", className="muted")]
    first = table(columns, rows[:shown], caption)
    if len(rows) <= shown:
        return [first]
    rest = table(columns, rows[shown:], f"{caption}, the rest")
    return [first, html.Details([html.Summary(f"{len(rows) - shown} more", className="more-rows"), rest])]


def _agent(visit: Visit, one: AgentRow) -> dict[str, Child]:
    here = visit.address.own.get("agent") == one.agent
    name = [
        link(one.agent, visit.changed(agent="" if here else one.agent, node="", run="", before=""), "row-link"),
        html.Span(some(one.services), className="muted sub"),
    ]
    return {
        "kind": "here" if here else "",
        "agent": name,
        "runs": exact(one.runs),
        "failed": failed_cell(one.runs, one.failed),
        "p50": duration(one.p50_ms),
        "p95": duration(one.p95_ms),
        "calls": exact(one.model_calls),
        "tools": exact(one.tool_calls),
        "handoffs": f"{exact(one.handoffs_in)} / {exact(one.handoffs_out)}",
        "loops": html.Span(exact(one.loops), className="tone-warning") if one.loops else "–",
        "tokens": count(one.tokens_in + one.tokens_out),
        "cost": money(one.cost_usd),
        "last": ago(one.last_at, visit.now),
    }


def _tool(one: ToolRow) -> dict[str, Child]:
    by = ", ".join(sorted(one.agents, key=lambda name: -one.agents[name])[:3])
    return {
        "tool": [html.Span(one.tool, className="strong"), html.Span(by, className="muted sub")],
        "calls": exact(one.calls),
        "failed": failed_cell(one.calls, one.errors, one.top_error),
        "p50": duration(one.p50_ms),
        "p95": duration(one.p95_ms),
    }


def _kind(node: str) -> str:
    return node.partition(":")[0]


def _name(node: str) -> str:
    return node.partition(":")[2]
