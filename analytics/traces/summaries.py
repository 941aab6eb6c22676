"""A trace in one row: its root, its shape, its critical path, its calls, tokens, cost and errors, its edges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from analytics.traces.critical_path import critical, last_roots, own_ns
from analytics.traces.edges import service_edges
from analytics.traces.forest import NONE, Flags, Ints, nearest
from analytics.traces.roles import Roles
from analytics.traces.rows import Chunk
from analytics.traces.sums import Floats, firsts, lists, total, whole

# A column as it is written: values of Python or an array of them.
Columns = Mapping[str, Sequence[object] | np.ndarray]


def summaries(chunk: Chunk, roles: Roles) -> Columns:
    """Return a row a trace with every column of ``trace_summaries`` but ``version`` and ``deleted``; times in ns."""
    spans = chunk.spans
    failed = failed_spans(chunk)
    trace, size = spans.forest.trace, len(spans.traces)
    first = np.flatnonzero(np.diff(trace, prepend=-1))
    begins, ends = spans.start[first], np.maximum.reduceat(spans.end, first)
    return {
        "tenant": [one.tenant for one in spans.traces],
        "trace_id": [one.trace_id for one in spans.traces],
        "started_at": begins,
        "ended_at": ends,
        "duration_ms": (ends - begins) / 1e6,
        **_shape(chunk, trace, size),
        **_path(chunk, roles, trace, size),
        **_calls(chunk, roles, failed, trace, size),
        **_errors(chunk, failed, trace, size),
        **_whose(chunk, trace, size),
        **service_edges(chunk, roles, failed),
    }


def failed_spans(chunk: Chunk) -> Flags:
    """Return which spans failed, by their status or by what their instrumentation says of the call."""
    failed = chunk.spans.failed.copy()
    failed[chunk.calls["place"][chunk.calls.flags("call_failed")]] = True
    return failed


def _shape(chunk: Chunk, trace: Ints, size: int) -> Columns:
    spans, forest = chunk.spans, chunk.spans.forest
    is_root = forest.parent == NONE
    # The root of a trace is a span that names no parent; where none has come, the first whose parent is not there.
    order = np.lexsort((forest.orphan, ~is_root, trace))
    root = order[np.flatnonzero(np.diff(trace[order], prepend=-1))]
    deepest = int(forest.depth.max()) + 1
    level, across = np.unique(trace * deepest + forest.depth, return_counts=True)
    width, depth = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    np.maximum.at(width, level // deepest, across)
    np.maximum.at(depth, trace, forest.depth + 1)
    return {
        "root_name": spans.name.texts()[root],
        "root_service": spans.service.texts()[root],
        "root_kind": spans.kind.texts()[root],
        "root_operation": chunk.spread("operation")[root],
        "roots": whole(trace, size, is_root),
        "complete": ((whole(trace, size, forest.orphan) == 0) & ~forest.orphan[root]).astype(np.uint8),
        "spans": np.bincount(trace, minlength=size),
        "services": lists(trace, size, spans.service, np.ones(len(trace), dtype=np.bool_)),
        "depth": depth,
        "width": width,
    }


def _path(chunk: Chunk, roles: Roles, trace: Ints, size: int) -> Columns:
    spans, parent = chunk.spans, chunk.spans.forest.parent
    path = critical(parent, spans.start, spans.end, last_roots(trace, parent, spans.end))
    own = own_ns(parent, spans.start, spans.end, path) / 1e6
    model = roles.model | roles.repeated
    known = model | roles.tool | roles.retrieval
    # What happens inside a model call, a tool or a retrieval is its time, but for what has a name of its own in there.
    doing = np.where(known, np.arange(len(own)), nearest(parent, known))

    def spent(flags: Flags) -> Floats:
        return total(trace, size, np.where((doing != NONE) & flags[np.maximum(doing, 0)], own, 0.0))

    return {
        "critical_ms": total(trace, size, own),
        "critical_spans": whole(trace, size, path),
        "critical_model_ms": spent(model),
        "critical_tool_ms": spent(roles.tool),
        "critical_retrieval_ms": spent(roles.retrieval),
    }


def _calls(chunk: Chunk, roles: Roles, failed: Flags, trace: Ints, size: int) -> Columns:
    calls = chunk.calls.take(roles.model[chunk.calls["place"]])
    place = calls["place"]
    owner = trace[place]
    slowest = np.zeros(size, dtype=np.float64)
    np.maximum.at(slowest, owner, chunk.spans.ms(place))
    return {
        "model_calls": np.bincount(owner, minlength=size),
        "failed_model_calls": whole(owner, size, failed[place]),
        "slowest_model_ms": slowest,
        "duplicates": whole(trace, size, roles.repeated),
        "tool_calls": whole(trace, size, roles.tool),
        "retrievals": whole(trace, size, roles.retrieval),
        "agent_runs": whole(trace, size, roles.runs),
        "agents": lists(trace, size, roles.called, roles.runs),
        "models": lists(trace, size, roles.called, roles.model),
        "tokens_in": whole(owner, size, calls["tokens_in"]),
        "tokens_out": whole(owner, size, calls["tokens_out"]),
        "tokens_cached": whole(owner, size, calls["tokens_cached"]),
        "cost_usd": total(owner, size, calls["cost_usd"]),
    }


def _errors(chunk: Chunk, failed: Flags, trace: Ints, size: int) -> Columns:
    errors = whole(trace, size, failed)
    first = firsts(np.where(failed, trace, NONE), size, chunk.spread("error_type"))
    return {
        "errors": errors,
        "status": np.where(errors > 0, "error", "ok").astype(object),
        "error_type": np.where((errors > 0) & (first == ""), "_OTHER", first),
        "redactions": whole(trace, size, chunk.spans.redactions),
    }


def _whose(chunk: Chunk, trace: Ints, size: int) -> Columns:
    owner = trace[chunk.calls["place"]]
    names = ("session_id", "user_id", "environment")
    return {name: firsts(owner, size, chunk.calls[name]) for name in names}
