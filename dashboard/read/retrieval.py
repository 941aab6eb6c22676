"""Retrievals: which sources are asked, how often they find nothing, how well what they find fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboard.address import Scope, Window
from dashboard.read.figures import step_seconds
from dashboard.read.ranked import whole
from dashboard.read.sql import sql
from storage.engine import Engine

EXAMPLES = ("empty", "failed", "slow")


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A data source, by its name or else the span's. ``known`` retrievals say how many documents they found.

    ``empty`` are those of them that found none; means are None where no retrieval says it.
    """

    source: str
    calls: int
    errors: int
    empty: int
    known: int
    documents: int
    mean_documents: float | None
    mean_top_score: float | None
    p50_ms: float
    p95_ms: float
    services: Sequence[str]
    last_at: datetime


@dataclass(frozen=True, slots=True)
class RetrievalStep:
    """A step of time; steps without a retrieval are absent."""

    at: datetime
    calls: int
    errors: int
    empty: int
    known: int
    p50_ms: float
    p95_ms: float
    mean_top_score: float | None


@dataclass(frozen=True, slots=True)
class RetrievalExample:
    """One retrieval to look at; ``documents`` is None where it does not say."""

    trace_id: str
    span_id: str
    at: datetime
    source: str
    service: str
    duration_ms: float
    failed: bool
    documents: int | None


def list_sources(engine: Engine, window: Window, scope: Scope) -> list[SourceRow]:
    """Return the sources asked in the window, the most used first, at most 200."""
    return [SourceRow(*row) for row in engine.query(sql("retrieval_sources"), whole(window, scope)).rows]


def retrieval_steps(engine: Engine, window: Window, scope: Scope) -> list[RetrievalStep]:
    """Return retrievals over the window by step."""
    asked = {**whole(window, scope), "step": step_seconds(window)}
    return [RetrievalStep(*row) for row in engine.query(sql("retrieval_steps"), asked).rows]


def retrieval_examples(
    engine: Engine, window: Window, scope: Scope, *, source: str = "", kind: str = "empty"
) -> list[RetrievalExample]:
    """Return at most 20: ``empty`` or ``failed`` ones, newest first, or the ``slow`` ones, slowest first."""
    asked = {**whole(window, scope), "source": source, "kind": kind}
    rows = engine.query(sql("retrieval_examples"), asked).rows
    return [RetrievalExample(*row) for row in rows]
