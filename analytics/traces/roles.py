"""What each span of a chunk is: a model call that counts, a tool, a retrieval, a run of an agent, or none of these.

Two instrumentations may write a tool, a search or a run twice, one span right inside the other: the outer one counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.traces.counted import Counted
from analytics.traces.forest import NONE, Flags, Ints, nearest
from analytics.traces.reading import Chunk, Words

RUNS = {"invoke_agent": "agent", "invoke_workflow": "workflow"}
RETRIEVALS = ("retrieval",)
TOOLS = ("execute_tool",)
NOBODY = ""


@dataclass(frozen=True, slots=True)
class Roles:
    """Flags a span. ``model`` are the calls that count, ``repeated`` their duplicates; ``called`` is what a call goes
    by: the name of a tool, a model, a source, an agent. ``run`` is the place of the run a span belongs to, a run's own
    span excepted; NONE outside of all. ``wraps`` are runs that are another span's run again.
    """

    model: Flags
    repeated: Flags
    tool: Flags
    retrieval: Flags
    runs: Flags
    wraps: Flags
    run: Ints
    called: Words


def assign_roles(chunk: Chunk, counted: Counted) -> Roles:
    """Say what each span is."""
    spans, calls = chunk.spans, chunk.calls
    size, place = len(spans.start), calls["place"].to_numpy(dtype=np.int64)
    operation = calls["operation"].to_numpy(dtype=object)
    tool, retrieval = _flag(size, place, operation, TOOLS), _flag(size, place, operation, RETRIEVALS)
    any_run = _flag(size, place, operation, tuple(RUNS))
    model = counted.counts(size)
    repeated = np.zeros(size, dtype=np.bool_)
    repeated[counted.place[counted.winner != NONE]] = True
    called = Words.of(_names(chunk, size))
    parent = spans.forest.parent
    above = nearest(parent, tool | retrieval | any_run | model | repeated)
    tool &= ~_again(tool, above, called.codes)
    retrieval &= ~_again(retrieval, above, np.zeros(size, dtype=np.int64))
    wraps = _again(any_run, nearest(parent, any_run | tool), called.codes)
    runs = any_run & ~wraps
    return Roles(model, repeated, tool, retrieval, runs, wraps, nearest(parent, runs), called)


def _flag(size: int, place: Ints, operation: NDArray[np.object_], wanted: tuple[str, ...]) -> Flags:
    flags = np.zeros(size, dtype=np.bool_)
    flags[place[np.isin(operation, wanted)]] = True
    return flags


def _again(flags: Flags, above: Ints, name: Ints) -> Flags:
    """Return which flagged spans have a flagged one of the same name right above them, nothing of note between."""
    up = np.maximum(above, 0)
    again: Flags = flags & (above != NONE) & flags[up] & (name == name[up])
    return again


def _names(chunk: Chunk, size: int) -> pd.Series[str]:
    """What each call goes by, '' for other spans."""
    calls, place = chunk.calls, chunk.calls["place"].to_numpy(dtype=np.int64)
    own = chunk.spans.name.texts()[place]
    names = np.full(size, NOBODY, dtype=object)
    operation = calls["operation"].to_numpy(dtype=object)
    text = {
        name: calls[name].to_numpy(dtype=object) for name in ("tool_name", "model", "data_source", "server_address")
    }
    agent, workflow = calls["agent_name"].to_numpy(dtype=object), calls["workflow_name"].to_numpy(dtype=object)
    first = _first(text["model"], text["server_address"], own)
    first = np.where(np.isin(operation, TOOLS), _first(text["tool_name"], own), first)
    first = np.where(np.isin(operation, RETRIEVALS), _first(text["data_source"], own), first)
    first = np.where(operation == "invoke_agent", _first(agent, workflow, own), first)
    names[place] = np.where(operation == "invoke_workflow", _first(workflow, agent, own), first)
    return pd.Series(names)


def _first(*columns: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return row by row the first text that is not empty."""
    found = columns[0]
    for column in columns[1:]:
        found = np.where(found == "", column, found)
    return found
