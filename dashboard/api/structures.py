"""What is computed of whole traces: sessions, users, agents and their runs, edges, tools, retrieval."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, HTTPException, Query

from dashboard.api.asked import Given, List
from dashboard.format import rfc3339
from dashboard.read.agent_runs import list_runs
from dashboard.read.agents import agent_graph, list_agents
from dashboard.read.cursor import Cursor
from dashboard.read.edges import service_edges
from dashboard.read.retrieval import list_sources, retrieval_examples, retrieval_steps
from dashboard.read.sessions import list_sessions, read_session
from dashboard.read.tools import list_tools
from dashboard.read.users import list_users, read_user

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

routes = APIRouter(tags=["structures"])
Text = Annotated[str, Query(max_length=200)]


@routes.get("/sessions")
def sessions(
    services: Given, asked: List, q: Text = "", user: Text = "", errors: bool = False, sort: str = "last"
) -> dict[str, Any]:
    """Return sessions with a trace that began in the window: sort=last, cost, tokens, traces, errors or duration."""
    rows, more = list_sessions(
        services.engine, asked.window, asked.scope,
        q=q, user=user, errors=errors, sort=sort, cursor=asked.cursor, limit=asked.limit,
    )  # fmt: skip
    return {"sessions": [shape(row) for row in rows], "next": _token(more)}


@routes.get("/sessions/{session_id:path}")
def one_session(services: Given, asked: List, session_id: str) -> dict[str, Any]:
    """Return one session and its traces in the window, oldest first."""
    found = read_session(services.engine, session_id, asked.window, asked.scope)
    if found is None:
        raise HTTPException(404, f"no trace of session {session_id[:64]!r} began in this time")
    return {**shape(found.session), "trace_rows": [shape(row) for row in found.traces]}


@routes.get("/users")
def users(services: Given, asked: List, q: Text = "", errors: bool = False, sort: str = "cost") -> dict[str, Any]:
    """Return users with a trace that began in the window: sort=cost, tokens, traces, errors or last."""
    rows, more = list_users(
        services.engine,
        asked.window,
        asked.scope,
        q=q,
        errors=errors,
        sort=sort,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    return {"users": [shape(row) for row in rows], "next": _token(more)}


@routes.get("/users/{user_id:path}")
def one_user(services: Given, asked: List, user_id: str) -> dict[str, Any]:
    """Return one user and the newest sessions of theirs."""
    found = read_user(services.engine, user_id, asked.window, asked.scope)
    if found is None:
        raise HTTPException(404, f"no trace of user {user_id[:64]!r} began in this time")
    own, _ = list_sessions(services.engine, asked.window, asked.scope, user=user_id, limit=asked.limit)
    return {**shape(found), "session_rows": [shape(row) for row in own]}


@routes.get("/agents")
def agents(services: Given, asked: List) -> dict[str, Any]:
    """Return agents and workflows, the busiest first, and the graph of whom they call."""
    rows = list_agents(services.engine, asked.window, asked.scope)
    graph = agent_graph(services.engine, asked.window, asked.scope)
    return {"agents": [shape(row) for row in rows], "graph": shape(graph), "next": None}


@routes.get("/agents/{agent:path}/runs")
def runs_of_agent(
    services: Given, asked: List, agent: str, errors: bool = False, loops: bool = False
) -> dict[str, Any]:
    """Return the runs of one agent that began in the window, newest first."""
    rows, more = list_runs(
        services.engine, agent, asked.window, asked.scope,
        errors=errors, loops=loops, cursor=asked.cursor, limit=asked.limit,
    )  # fmt: skip
    return {"runs": [shape(row) for row in rows], "next": _token(more)}


@routes.get("/edges")
def edges(services: Given, asked: List) -> dict[str, Any]:
    """Return who calls whom among services, models and sources of retrieval, the most used first."""
    return {"edges": [shape(row) for row in service_edges(services.engine, asked.window, asked.scope)], "next": None}


@routes.get("/tools")
def tools(services: Given, asked: List, agent: Text = "") -> dict[str, Any]:
    """Return the tools called in the window, the most used first."""
    rows = list_tools(services.engine, asked.window, asked.scope, agent=agent)
    return {"tools": [shape(row) for row in rows], "next": None}


@routes.get("/retrieval")
def retrieval(
    services: Given,
    asked: List,
    source: Text = "",
    examples: Annotated[str, Query(pattern="^(empty|failed|slow)$")] = "empty",
) -> dict[str, Any]:
    """Return the sources asked in the window, the retrievals by step of time, and some to look at."""
    found = retrieval_examples(services.engine, asked.window, asked.scope, source=source, kind=examples)
    return {
        "retrieval": [shape(row) for row in list_sources(services.engine, asked.window, asked.scope)],
        "steps": [shape(row) for row in retrieval_steps(services.engine, asked.window, asked.scope)],
        "examples": [shape(row) for row in found],
        "next": None,
    }


def shape(row: DataclassInstance) -> dict[str, Any]:
    """Return a row of a read model as JSON, its times as RFC 3339."""
    return {name: rfc3339(value) if isinstance(value, datetime) else value for name, value in asdict(row).items()}


def _token(cursor: Cursor | None) -> str | None:
    return cursor.token() if cursor else None
