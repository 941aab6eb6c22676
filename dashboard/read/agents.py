"""Agents and workflows: what their runs did, and the graph of who calls whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboard.address import Scope, Window
from dashboard.read.ranked import whole
from dashboard.read.sql import sql
from storage.engine import Engine

MOST_EDGES = 60
AGENT = "agent"
HANDOFF = "handoff"


@dataclass(frozen=True, slots=True)
class AgentRow:
    """An agent or a workflow. Calls, tokens and cost are those its runs made themselves, not those of agents below.

    ``handoffs_in`` are runs that another agent began, ``handoffs_out`` runs that its own began. ``loops`` are runs that
    called one tool at least three times with the same arguments, or ten times where none are known.
    """

    agent: str
    kind: str
    services: Sequence[str]
    runs: int
    failed: int
    traces: int
    p50_ms: float
    p95_ms: float
    model_calls: int
    tool_calls: int
    retrievals: int
    handoffs_in: int
    handoffs_out: int
    tokens_in: int
    tokens_out: int
    cost_usd: float
    loops: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class GraphNode:
    """``id`` is ``<kind>:<name>``. An agent's calls are its runs, another's how often agents called it."""

    id: str
    kind: str
    name: str
    calls: int
    errors: int
    cost_usd: float


@dataclass(frozen=True, slots=True)
class GraphEdge:
    """``source`` and ``target`` are ids of nodes; ``kind`` is handoff, tool, model or retrieval."""

    source: str
    target: str
    kind: str
    calls: int
    errors: int
    mean_ms: float
    traces: int


@dataclass(frozen=True, slots=True)
class AgentGraph:
    """The most used edges and the nodes at their ends; ``cut`` says how many edges were left out."""

    nodes: Sequence[GraphNode]
    edges: Sequence[GraphEdge]
    cut: int


def list_agents(engine: Engine, window: Window, scope: Scope) -> list[AgentRow]:
    """Return the agents with a run that began in the window, the busiest first, at most 200."""
    return [AgentRow(*row) for row in engine.query(sql("agents"), whole(window, scope)).rows]


def agent_graph(engine: Engine, window: Window, scope: Scope, *, agent: str = "") -> AgentGraph:
    """Return who calls whom, of all agents or around one."""
    asked = {**whole(window, scope), "agent": agent}
    found = engine.query(sql("agent_edges"), asked).dicts()
    runs = {one.agent: one for one in list_agents(engine, window, scope)}
    nodes: dict[str, GraphNode] = {}
    edges = []
    for row in found[:MOST_EDGES]:
        kind = AGENT if row["kind"] == HANDOFF else row["kind"]
        edge = GraphEdge(
            f"{AGENT}:{row['source']}",
            f"{kind}:{row['target']}",
            row["kind"],
            row["calls"],
            row["errors"],
            row["mean_ms"],
            row["traces"],
        )
        edges.append(edge)
        nodes[edge.source] = _agent_node(row["source"], runs)
        if kind == AGENT:
            nodes[edge.target] = _agent_node(row["target"], runs)
        else:
            nodes[edge.target] = _called_node(nodes.get(edge.target), edge, row["target"], row["cost_usd"])
    for name in runs:
        if not agent or name == agent:
            nodes.setdefault(f"{AGENT}:{name}", _agent_node(name, runs))
    return AgentGraph(tuple(nodes.values()), tuple(edges), max(0, len(found) - MOST_EDGES))


def _agent_node(name: str, runs: dict[str, AgentRow]) -> GraphNode:
    one = runs.get(name)
    return GraphNode(f"{AGENT}:{name}", AGENT, name, one.runs if one else 0, one.failed if one else 0,
                     one.cost_usd if one else 0.0)  # fmt: skip


def _called_node(before: GraphNode | None, edge: GraphEdge, name: str, cost: float) -> GraphNode:
    calls, errors, spent = (before.calls, before.errors, before.cost_usd) if before else (0, 0, 0.0)
    return GraphNode(edge.target, edge.kind, name, calls + edge.calls, errors + edge.errors, spent + cost)
