"""Runs of agents and workflows: who began each, what it called itself, how often it did the same again.

A run's calls are those whose nearest run above is it, so that what a nested agent does counts for that one alone. A
run is begun by the run it lies in; but where it follows, under the same parent, a run that called a tool to hand over,
by that one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.traces.forest import NONE, Flags, Ints
from analytics.traces.reading import Chunk
from analytics.traces.roles import RUNS, Roles
from analytics.traces.summaries import Column, failed_spans
from analytics.traces.sums import firsts, split, total, whole

TRANSFER = re.compile(r"(?i)^(transfer|hand_?off|delegate)(_|\b)")
KINDS = ("model", "retrieval", "tool")
CALLED = ("kind", "name", "calls", "errors", "ms", "cost_usd")


def agent_runs(chunk: Chunk, roles: Roles, loops: Mapping[int, tuple[str, int]]) -> pd.DataFrame:
    """Return a row a span of a run with every column of ``agent_runs`` but ``version``; ``deleted`` where it wraps one.

    ``loops`` gives for the place of a run the tool it called most often with the same arguments, and how often.
    """
    spans = chunk.spans
    at = np.flatnonzero(roles.runs | roles.wraps)
    failed = failed_spans(chunk)
    begun_by = origins(chunk, roles)
    calls = _calls(chunk, roles, failed)
    parent = begun_by[at]
    looped = [loops.get(place, ("", 0)) for place in at.tolist()]
    columns: dict[str, Column] = {
        "tenant": [spans.traces[number].tenant for number in spans.forest.trace[at].tolist()],
        "trace_id": [spans.traces[number].trace_id for number in spans.forest.trace[at].tolist()],
        "span_id": spans.ids(at),
        "started_at": spans.start[at].astype("datetime64[ns]"),
        "duration_ms": (spans.end[at] - spans.start[at]) / 1e6,
        "agent": roles.called.texts()[at],
        "kind": _kinds(chunk)[at],
        "service": spans.service.texts()[at],
        "parent_run": ["" if place == NONE else f"{spans.span[place]:016x}" for place in parent.tolist()],
        "parent_agent": np.where(parent == NONE, "", roles.called.texts()[np.maximum(parent, 0)]),
        "status": np.where(failed[at], "error", "ok").astype(object),
        "error_type": _error_types(chunk)[at],
        **_sums(calls, len(failed), at),
        "handoffs": np.bincount(begun_by[begun_by != NONE], minlength=len(failed))[at],
        "loop_tool": [tool for tool, _ in looped],
        "loop_calls": np.array([often for _, often in looped], dtype=np.int64),
        **_whose(chunk, roles, at),
        **_called(calls, at),
        "deleted": roles.wraps[at].astype(np.uint8),
    }
    return pd.DataFrame(columns)


def origins(chunk: Chunk, roles: Roles) -> Ints:
    """Return for each span of a run the place of the run that began it; NONE for others and where no run did."""
    origin = np.where(roles.runs, roles.run, NONE)
    lone = np.flatnonzero(roles.runs & (chunk.spans.forest.parent != NONE))
    if len(lone):
        passing = _passing(roles)
        beside: dict[int, list[int]] = {}
        for place in lone.tolist():
            beside.setdefault(int(chunk.spans.forest.parent[place]), []).append(place)
        for places in beside.values():
            for before, after in pairwise(places):
                if before in passing:
                    origin[after] = before
    return origin


def _passing(roles: Roles) -> set[int]:
    """Return the runs that called a tool whose name says that it hands over."""
    codes = [number for number, name in enumerate(roles.called.names) if TRANSFER.match(str(name))]
    tools = np.flatnonzero(roles.tool & np.isin(roles.called.codes, codes))
    return set(roles.run[tools].tolist()) - {NONE}


def _calls(chunk: Chunk, roles: Roles, failed: Flags) -> pd.DataFrame:
    """Return a row a call inside of runs: its run, kind, name, amounts."""
    rows = chunk.calls
    place = rows["place"].to_numpy(dtype=np.int64)
    kept = (roles.model | roles.tool | roles.retrieval)[place] & (roles.run[place] != NONE)
    rows, place = rows[kept], place[kept]
    model = roles.model[place]
    kind = np.where(model, KINDS[0], np.where(roles.retrieval[place], KINDS[1], KINDS[2]))
    return pd.DataFrame(
        {
            "run": roles.run[place],
            "kind": kind.astype(object),
            "name": roles.called.texts()[place],
            "calls": np.ones(len(place), dtype=np.int64),
            "errors": failed[place].astype(np.int64),
            "ms": (chunk.spans.end[place] - chunk.spans.start[place]) / 1e6,
            "cost_usd": np.where(model, rows["cost_usd"], 0.0),
            "tokens_in": np.where(model, rows["tokens_in"], 0.0),
            "tokens_out": np.where(model, rows["tokens_out"], 0.0),
        }
    )


def _sums(calls: pd.DataFrame, size: int, at: Ints) -> Mapping[str, Column]:
    run = calls["run"].to_numpy(dtype=np.int64)
    kind = calls["kind"].to_numpy(dtype=object)
    names = ("model_calls", "retrievals", "tool_calls")
    counts = {name: whole(run, size, kind == what)[at] for name, what in zip(names, KINDS, strict=True)}
    tokens = {
        name: whole(run, size, calls[name].to_numpy(dtype=np.float64))[at] for name in ("tokens_in", "tokens_out")
    }
    return {**counts, **tokens, "cost_usd": total(run, size, calls["cost_usd"].to_numpy(dtype=np.float64))[at]}


def _called(calls: pd.DataFrame, at: Ints) -> Mapping[str, Column]:
    """Return the columns ``called.*``: for each run of ``at`` lists of one length, in the order of kind and name."""
    how = {"calls": "sum", "errors": "sum", "ms": "sum", "cost_usd": "sum"}
    grouped = calls.groupby(["run", "kind", "name"], sort=True, as_index=False).agg(how)
    # A run that called nothing, and a span that only wraps one, have empty lists.
    owner = np.searchsorted(at, grouped["run"].to_numpy(dtype=np.int64))
    return {f"called.{name}": split(owner, len(at), grouped[name].to_numpy()) for name in CALLED}


def _kinds(chunk: Chunk) -> NDArray[np.object_]:
    kinds = np.full(len(chunk.spans.start), "", dtype=object)
    operations: Sequence[str] = chunk.calls["operation"].tolist()
    kinds[chunk.calls["place"].to_numpy(dtype=np.int64)] = [RUNS.get(one, "") for one in operations]
    return kinds


def _error_types(chunk: Chunk) -> NDArray[np.object_]:
    kinds = np.full(len(chunk.spans.start), "", dtype=object)
    kinds[chunk.calls["place"].to_numpy(dtype=np.int64)] = chunk.calls["error_type"].to_numpy(dtype=object)
    return kinds


def _whose(chunk: Chunk, roles: Roles, at: Ints) -> Mapping[str, Column]:
    """Session and user of a run: those of its trace."""
    trace, size = chunk.spans.forest.trace, len(chunk.spans.traces)
    owner = trace[chunk.calls["place"].to_numpy(dtype=np.int64)]
    return {
        name: firsts(owner, size, chunk.calls[name].to_numpy(dtype=object))[trace[at]]
        for name in ("session_id", "user_id")
    }
