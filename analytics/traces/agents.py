"""Runs of agents and workflows: who began each, what it called itself, how often it did the same again.

A run's calls are those whose nearest run above is it, so that what a nested agent does counts for that one alone. A
run is begun by the run it lies in; but where it follows, under the same parent, a run that called a tool to hand over,
by that one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from analytics.traces.forest import NONE, Flags, Ints
from analytics.traces.roles import RUNS, Roles
from analytics.traces.rows import Chunk, Rows, Words
from analytics.traces.summaries import Columns, failed_spans
from analytics.traces.sums import firsts, groups, split, total, whole

TRANSFER = re.compile(r"(?i)^(transfer|hand_?off|delegate)(_|\b)")
KINDS = ("model", "retrieval", "tool")


def agent_runs(chunk: Chunk, roles: Roles, loops: Mapping[int, tuple[str, int]]) -> Columns:
    """Return a row a span of a run with every column of ``agent_runs`` but ``version``; ``deleted`` where it wraps one.

    ``loops`` gives for the place of a run the tool it called most often with the same arguments, and how often.
    """
    spans = chunk.spans
    at = np.flatnonzero(roles.runs | roles.wraps)
    failed = failed_spans(chunk)
    begun_by = origins(chunk, roles)
    calls = _calls(chunk, roles, failed)
    trace, parent = spans.forest.trace[at], begun_by[at]
    looped = [loops.get(place, ("", 0)) for place in at.tolist()]
    return {
        "tenant": [spans.traces[number].tenant for number in trace.tolist()],
        "trace_id": [spans.traces[number].trace_id for number in trace.tolist()],
        "span_id": spans.ids(at),
        "started_at": spans.start[at],
        "duration_ms": spans.ms(at),
        "agent": roles.called.texts()[at],
        "kind": [RUNS[operation] for operation in chunk.spread("operation")[at].tolist()],
        "service": spans.service.texts()[at],
        "parent_run": np.where(parent == NONE, "", np.array(spans.ids(parent), dtype=object)),
        "parent_agent": np.where(parent == NONE, "", roles.called.texts()[parent]),
        "status": np.where(failed[at], "error", "ok").astype(object),
        "error_type": chunk.spread("error_type")[at],
        **_sums(calls, spans.size, at),
        "handoffs": np.bincount(begun_by[begun_by != NONE], minlength=spans.size)[at],
        "loop_tool": [tool for tool, _ in looped],
        "loop_calls": [often for _, often in looped],
        **_whose(chunk, at),
        **_called(calls, at),
        "deleted": roles.wraps[at].astype(np.uint8),
    }


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


def _calls(chunk: Chunk, roles: Roles, failed: Flags) -> Rows:
    """Return a row a call inside of runs: its run, kind, name, amounts."""
    place = chunk.calls["place"]
    kept = (roles.model | roles.tool | roles.retrieval)[place] & (roles.run[place] != NONE)
    rows, place = chunk.calls.take(kept), place[kept]
    model = roles.model[place]
    kinds = np.where(model, KINDS[0], np.where(roles.retrieval[place], KINDS[1], KINDS[2]))
    return Rows(
        {
            "run": roles.run[place],
            "kind": kinds.astype(object),
            "name": roles.called.texts()[place],
            "code": roles.called.codes[place],
            "errors": failed[place],
            "ms": chunk.spans.ms(place),
            **{name: np.where(model, rows[name], 0.0) for name in ("cost_usd", "tokens_in", "tokens_out")},
        }
    )


def _sums(calls: Rows, size: int, at: Ints) -> Columns:
    run, kind = calls["run"], calls["kind"]
    names = ("model_calls", "retrievals", "tool_calls")
    counts = {name: whole(run, size, kind == what)[at] for name, what in zip(names, KINDS, strict=True)}
    tokens = {name: whole(run, size, calls[name])[at] for name in ("tokens_in", "tokens_out")}
    return {**counts, **tokens, "cost_usd": total(run, size, calls["cost_usd"])[at]}


def _called(calls: Rows, at: Ints) -> Columns:
    """Return the columns ``called.*``: for each run of ``at`` lists of one length, in the order of kind and name."""
    first, group = groups(calls["run"], Words.of(calls["kind"]).codes, calls["code"])
    # A run that called nothing, and a span that only wraps one, have empty lists.
    owner, size = np.searchsorted(at, calls["run"][first]), len(first)
    columns = {
        "kind": calls["kind"][first],
        "name": calls["name"][first],
        "calls": np.bincount(group, minlength=size),
        "errors": whole(group, size, calls["errors"]),
        "ms": total(group, size, calls["ms"]),
        "cost_usd": total(group, size, calls["cost_usd"]),
    }
    return {f"called.{name}": split(owner, len(at), column) for name, column in columns.items()}


def _whose(chunk: Chunk, at: Ints) -> Columns:
    """Session and user of a run: those of its trace."""
    trace, size = chunk.spans.forest.trace, len(chunk.spans.traces)
    owner = trace[chunk.calls["place"]]
    return {name: firsts(owner, size, chunk.calls[name])[trace[at]] for name in ("session_id", "user_id")}
