"""A trace in one row: its root, its shape, its critical path, its calls, tokens, cost and errors, its edges."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.traces.critical_path import critical, last_roots, own_ns
from analytics.traces.edges import service_edges
from analytics.traces.forest import NONE, Flags, Ints, nearest
from analytics.traces.reading import Chunk
from analytics.traces.roles import Roles
from analytics.traces.sums import Floats, firsts, lists, total, whole

Column = NDArray[np.generic] | list[list[object]] | list[str]


def summaries(chunk: Chunk, roles: Roles) -> pd.DataFrame:
    """Return a row a trace with every column of ``trace_summaries`` but ``version`` and ``deleted``."""
    spans = chunk.spans
    failed = failed_spans(chunk)
    trace, size = spans.forest.trace, len(spans.traces)
    ends = np.zeros(size, dtype=np.int64)
    np.maximum.at(ends, trace, spans.end)
    begins = spans.start[np.flatnonzero(np.diff(trace, prepend=-1))]
    columns: dict[str, Column] = {
        "tenant": [one.tenant for one in spans.traces],
        "trace_id": [one.trace_id for one in spans.traces],
        "started_at": begins.astype("datetime64[ns]"),
        "ended_at": ends.astype("datetime64[ns]"),
        "duration_ms": (ends - begins) / 1e6,
        **_shape(chunk, trace, size),
        **_path(chunk, roles, trace, size),
        **_calls(chunk, roles, failed, trace, size),
        **_errors(chunk, failed, trace, size),
        **_whose(chunk, trace, size),
        **service_edges(chunk, roles, failed),
    }
    return pd.DataFrame(columns)


def failed_spans(chunk: Chunk) -> Flags:
    """Return which spans failed, by their status or by what their instrumentation says of the call."""
    failed = chunk.spans.failed.copy()
    failed[chunk.calls["place"].to_numpy(dtype=np.int64)[chunk.calls["call_failed"].to_numpy(dtype=np.bool_)]] = True
    return failed


def _shape(chunk: Chunk, trace: Ints, size: int) -> Mapping[str, Column]:
    spans, forest = chunk.spans, chunk.spans.forest
    is_root = forest.parent == NONE
    # The root of a trace is a span that names no parent; where none has come, the first whose parent is not there.
    order = np.lexsort((forest.orphan, ~is_root, trace))
    root = order[np.flatnonzero(np.diff(trace[order], prepend=-1))]
    operation = np.full(len(trace), "", dtype=object)
    operation[chunk.calls["place"].to_numpy(dtype=np.int64)] = chunk.calls["operation"].to_numpy(dtype=object)
    deepest = int(forest.depth.max()) + 1
    level, across = np.unique(trace * deepest + forest.depth, return_counts=True)
    width, depth = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    np.maximum.at(width, level // deepest, across)
    np.maximum.at(depth, trace, forest.depth + 1)
    return {
        "root_name": spans.name.texts()[root],
        "root_service": spans.service.texts()[root],
        "root_kind": spans.kind.texts()[root],
        "root_operation": operation[root],
        "roots": whole(trace, size, is_root),
        "complete": (whole(trace, size, forest.orphan) == 0) & (whole(trace, size, is_root & ~forest.orphan) > 0),
        "spans": np.bincount(trace, minlength=size),
        "services": lists(trace, size, spans.service, np.ones(len(trace), dtype=np.bool_)),
        "depth": depth,
        "width": width,
    }


def _path(chunk: Chunk, roles: Roles, trace: Ints, size: int) -> Mapping[str, Column]:
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


def _calls(chunk: Chunk, roles: Roles, failed: Flags, trace: Ints, size: int) -> Mapping[str, Column]:
    calls = chunk.calls[roles.model[chunk.calls["place"].to_numpy(dtype=np.int64)]]
    place = calls["place"].to_numpy(dtype=np.int64)
    owner = trace[place]
    slowest = np.zeros(size, dtype=np.float64)
    np.maximum.at(slowest, owner, (chunk.spans.end[place] - chunk.spans.start[place]) / 1e6)
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
        "tokens_in": whole(owner, size, calls["tokens_in"].to_numpy(dtype=np.float64)),
        "tokens_out": whole(owner, size, calls["tokens_out"].to_numpy(dtype=np.float64)),
        "tokens_cached": whole(owner, size, calls["tokens_cached"].to_numpy(dtype=np.float64)),
        "cost_usd": total(owner, size, calls["cost_usd"].to_numpy(dtype=np.float64)),
    }


def _errors(chunk: Chunk, failed: Flags, trace: Ints, size: int) -> Mapping[str, Column]:
    errors = whole(trace, size, failed)
    kind = np.full(len(trace), "", dtype=object)
    kind[chunk.calls["place"].to_numpy(dtype=np.int64)] = chunk.calls["error_type"].to_numpy(dtype=object)
    first = firsts(np.where(failed, trace, -1), size, kind)
    return {
        "errors": errors,
        "status": np.where(errors > 0, "error", "ok").astype(object),
        "error_type": np.where((errors > 0) & (first == ""), "_OTHER", first),
        "redactions": whole(trace, size, chunk.spans.redactions),
    }


def _whose(chunk: Chunk, trace: Ints, size: int) -> Mapping[str, Column]:
    owner = trace[chunk.calls["place"].to_numpy(dtype=np.int64)]
    return {
        name: firsts(owner, size, chunk.calls[name].to_numpy(dtype=object))
        for name in ("session_id", "user_id", "environment")
    }
