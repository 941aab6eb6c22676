"""One trace: its tree with the critical path, and one span of it in full.

The tree needs no text, so it is read without any; a span's text is read when the span is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from analytics.traces.critical_path import critical, last_roots
from analytics.traces.forest import NONE, open_circles
from dashboard.read.sql import sql
from storage.engine import Engine

MOST_SPANS = 10_000


@dataclass(frozen=True, slots=True)
class Node:
    """A span in its tree. ``start_ns`` is since the epoch; ``call`` its typed columns, empty for other spans."""

    span_id: str
    parent_id: str
    name: str
    kind: str
    service: str
    start_ns: int
    duration_ns: int
    failed: bool
    masked: int
    call: Mapping[str, Any] = field(default_factory=dict)
    depth: int = 0
    critical: bool = False
    children: int = 0

    @property
    def end_ns(self) -> int:
        """When it ended, nanoseconds since the epoch."""
        return self.start_ns + self.duration_ns

    @property
    def operation(self) -> str:
        """What kind of call it is; empty for a plain span."""
        return str(self.call.get("operation", ""))


@dataclass(frozen=True, slots=True)
class Tree:
    """A whole trace, spans in the order of a tree read from the top. ``cut`` says that there were more.

    ``start_ns`` is when the first span began, ``duration_ns`` from there to the last one's end, at least one.
    """

    trace_id: str
    nodes: Sequence[Node]
    cut: bool = False
    start_ns: int = field(init=False)
    duration_ns: int = field(init=False)

    def __post_init__(self) -> None:
        """Measure it once, from the first span's start to the last one's end: every bar is drawn by it."""
        start = min(node.start_ns for node in self.nodes)
        object.__setattr__(self, "start_ns", start)
        object.__setattr__(self, "duration_ns", max(1, max(node.end_ns for node in self.nodes) - start))


def read_tree(engine: Engine, trace_id: str, tenant: str = "") -> Tree | None:
    """Return a trace's tree, or None when no span of it is stored."""
    asked = {"trace": trace_id, "tenant": tenant, "limit": MOST_SPANS + 1}
    rows = engine.query(sql("trace_spans"), asked).rows
    if not rows:
        return None
    calls = {row["span_id"]: row for row in read_calls(engine, trace_id, tenant)}
    nodes = [_node(row, calls) for row in rows[:MOST_SPANS]]
    return Tree(trace_id, arrange(nodes), len(rows) > MOST_SPANS)


def read_calls(engine: Engine, trace_id: str, tenant: str = "", span_id: str = "") -> list[dict[str, Any]]:
    """Return the typed columns of a trace's calls, or of one span."""
    asked = {"trace": trace_id, "tenant": tenant, "span": span_id, "limit": MOST_SPANS}
    return engine.query(sql("trace_calls"), asked).dicts()


def read_spans(
    engine: Engine, trace_id: str, tenant: str = "", span_id: str = "", limit: int = MOST_SPANS
) -> list[dict[str, Any]]:
    """Return whole spans, all of a trace or one, with attributes, events and links as stored."""
    asked = {"trace": trace_id, "tenant": tenant, "span": span_id, "limit": limit}
    return engine.query(sql("trace_full"), asked).dicts()


def arrange(nodes: Sequence[Node]) -> list[Node]:
    """Order spans as a tree, children by start; a span whose parent is not there, or is below it, is a root.

    A span that was sent twice stands once.
    """
    nodes = list({node.span_id: node for node in reversed(nodes)}.values())[::-1]
    known = {node.span_id for node in nodes}
    below: dict[str, list[Node]] = {}
    for node in nodes:
        parent = node.parent_id if node.parent_id in known and node.parent_id != node.span_id else ""
        below.setdefault(parent, []).append(node)
    path = _critical(nodes)
    ordered: list[Node] = []
    waiting = [(root, 0) for root in reversed(below.get("", []))]
    seen: set[str] = set()
    while waiting or len(ordered) < len(nodes):
        if not waiting:  # what is left hangs in a circle: its first span stands as a root
            waiting.append((next(node for node in nodes if node.span_id not in seen), 0))
        node, depth = waiting.pop()
        if node.span_id in seen:
            continue
        seen.add(node.span_id)
        children = [child for child in below.get(node.span_id, []) if child.span_id not in seen]
        ordered.append(replace(node, depth=depth, critical=node.span_id in path, children=len(children)))
        waiting += [(child, depth + 1) for child in reversed(children)]
    return ordered


def _critical(spans: Sequence[Node]) -> set[str]:
    """The spans that kept the trace from ending sooner, by the walk that the summaries of traces are computed by."""
    places = {node.span_id: place for place, node in enumerate(spans)}
    parent = np.array([places.get(node.parent_id, NONE) for node in spans], dtype=np.int64)
    parent[parent == np.arange(len(spans))] = NONE
    open_circles(parent)
    start = np.array([node.start_ns for node in spans], dtype=np.int64)
    end = np.array([node.end_ns for node in spans], dtype=np.int64)
    path = critical(parent, start, end, last_roots(np.zeros(len(spans), dtype=np.int64), parent, end))
    return {spans[place].span_id for place in np.flatnonzero(path).tolist()}


def _node(row: Sequence[Any], calls: Mapping[str, Mapping[str, Any]]) -> Node:
    span_id, parent, name, kind, service, start, length, status, masked = row
    call = calls.get(span_id, {})
    return Node(span_id, parent, name, kind, service, start, length, status == "Error", int(masked), call)
