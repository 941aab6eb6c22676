"""Agents: who hands over to whom, what they use, where it fails; one agent's runs, and one run's steps."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html

from dashboard.components.agent_graph import agent_graph_view, chosen_node, error_share, tone_of
from dashboard.components.blocks import Child, card, empty, grid, link, page_head
from dashboard.components.start import code_sample
from dashboard.format import exact, percent
from dashboard.pages.agent_cards import agents_card, edges_card, tools_card
from dashboard.pages.agent_runs import runs_card, steps_card
from dashboard.pages.page import Drawn, Visit
from dashboard.read.agents import AgentGraph, AgentRow, GraphEdge, agent_graph, list_agents
from dashboard.words import plural

WEIGHTY = 20  # calls below which an edge's share of failures says little
SAMPLE = """\
with tracer.start_as_current_span("invoke_agent planner") as span:
    span.set_attribute("gen_ai.operation.name", "invoke_agent")
    span.set_attribute("gen_ai.agent.name", "planner")
    ...  # calls of models and tools, and further agents, inside"""


def draw(visit: Visit) -> Drawn:
    """Draw the graph; ``?agent=`` narrows it to one agent and lists its runs, ``?run=`` shows one run's steps."""
    engine, scope = visit.services.engine, visit.address.scope
    agents = list_agents(engine, visit.window, scope)
    if not agents:
        return Drawn("Agents", [page_head("No agent ran", visit.address.words()), grid(card("", _none()))])
    agent = visit.address.own.get("agent", "")
    graph = agent_graph(engine, visit.window, scope, agent=agent)
    cards: list[Child] = [_graph_card(visit, graph, agent)]
    if agent:
        cards += [steps_card(visit), runs_card(visit, agent)]
    cards += [edges_card(visit, graph), tools_card(visit, agent), agents_card(visit, agents)]
    return Drawn(
        f"Agent {agent}" if agent else "Agents",
        [page_head(_sentence(agents, agent), _second_sentence(visit, graph, agents)), grid(*cards)],
    )


def _sentence(agents: Sequence[AgentRow], agent: str) -> Child:
    shown = [one for one in agents if one.agent == agent] if agent else agents
    runs, failed = sum(one.runs for one in shown), sum(one.failed for one in shown)
    who = agent or plural(len(agents), "agent")
    said: list[Child] = [f"{who} ran {exact(runs)} times, "]
    if not failed:
        return [*said, "none failed"]
    share = error_share(runs, failed)
    return [*said, html.Span(f"{percent(share)} failed", className=f"tone-{tone_of(share)}")]


def _second_sentence(visit: Visit, graph: AgentGraph, agents: Sequence[AgentRow]) -> str:
    parts = [visit.address.words()]
    if worst := _worst(graph.edges):
        share = percent(error_share(worst.calls, worst.errors))
        parts.append(f"most failures: {_name(worst.source)} → {_name(worst.target)}, {share} of {exact(worst.calls)}")
    loops = sum(one.loops for one in agents)
    if loops:
        parts.append(f"{plural(loops, 'run')} went round in circles")
    return " · ".join(parts)


def _worst(edges: Sequence[GraphEdge]) -> GraphEdge | None:
    weighty = [edge for edge in edges if edge.calls >= WEIGHTY and edge.errors]
    return max(weighty, key=lambda edge: error_share(edge.calls, edge.errors), default=None)


def _name(node: str) -> str:
    return node.partition(":")[2]


def _graph_card(visit: Visit, graph: AgentGraph, agent: str) -> html.Section:
    chosen = chosen_node(visit)
    back = link("Show all", visit.changed(agent="", node="", run="", before=""), "button small") if chosen else None
    told = f"{graph.cut} rarer edges left out" if graph.cut else "width: calls; colour: share that failed"
    aside = [html.Span(told, className="muted"), back]
    return card(f"Around {agent}" if agent else "Who calls whom", agent_graph_view(visit, graph), aside=aside)


def _none() -> Child:
    return empty(
        "Runs of agents, their hand-offs, tools and models would be drawn here.",
        html.P("An agent is a span around its calls that says so. Most agent frameworks do it; by hand:"),
        code_sample(SAMPLE),
    )
