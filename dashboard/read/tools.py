"""Tools: how often they are called, by whom, how they fail and how long they take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboard.address import Scope, Window
from dashboard.read.ranked import whole
from dashboard.read.sql import sql
from storage.engine import Engine


@dataclass(frozen=True, slots=True)
class ToolRow:
    """A tool. ``agents``: agent -> calls, the calls outside of any agent left out. Quantiles are within 1 %."""

    tool: str
    calls: int
    errors: int
    p50_ms: float
    p95_ms: float
    agents: Mapping[str, int]
    services: Sequence[str]
    top_error: str
    last_at: datetime


def list_tools(engine: Engine, window: Window, scope: Scope, *, agent: str = "") -> list[ToolRow]:
    """Return the tools called in the window, the most used first, at most 200; of one agent, those it called."""
    asked = whole(window, scope)
    agents: dict[str, dict[str, int]] = {}
    for tool, caller, calls in engine.query(sql("tool_agents"), asked).rows:
        agents.setdefault(tool, {})[caller] = calls
    errors = dict(engine.query(sql("tool_errors"), asked).rows)
    rows = [
        ToolRow(
            row["tool"],
            row["calls"],
            row["errors"],
            row["p50_ms"],
            row["p95_ms"],
            agents.get(row["tool"], {}),
            row["services"],
            errors.get(row["tool"], ""),
            row["last_at"],
        )
        for row in engine.query(sql("tools"), asked).dicts()
    ]
    return [row for row in rows if not agent or agent in row.agents]
