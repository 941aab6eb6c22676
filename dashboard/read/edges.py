"""Who calls whom among services, models and sources of retrieval."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.address import Scope, Window
from dashboard.read.ranked import whole
from dashboard.read.sql import sql
from storage.engine import Engine


@dataclass(frozen=True, slots=True)
class ServiceEdge:
    """``kind`` is call, message, model or retrieval. The means are as the caller's span and the callee's measured it.

    Their difference is the network and the queue. None where no span of that side exists.
    """

    caller: str
    callee: str
    kind: str
    calls: int
    errors: int
    traces: int
    client_mean_ms: float | None
    server_mean_ms: float | None
    max_ms: float


def service_edges(engine: Engine, window: Window, scope: Scope) -> list[ServiceEdge]:
    """Return the edges of traces that began in the window, the most used first, at most 500."""
    return [ServiceEdge(*row) for row in engine.query(sql("service_edges"), whole(window, scope)).rows]
