"""What each span of a chunk is: a model call that counts, a tool, a retrieval, a run of an agent, or none of these.

Two instrumentations may write a tool, a search or a run twice, one span right inside the other: the outer one counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.traces.counted import Counted
from analytics.traces.forest import NONE, Flags, Ints, nearest
from analytics.traces.rows import Chunk, Texts, Words

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
    size, place = chunk.spans.size, chunk.calls["place"]
    operation = Words.of(chunk.calls["operation"])
    tool, retrieval = _flag(size, place, operation, TOOLS), _flag(size, place, operation, RETRIEVALS)
    any_run = _flag(size, place, operation, tuple(RUNS))
    model = counted.counts(size)
    repeated = np.zeros(size, dtype=np.bool_)
    repeated[counted.place[counted.winner != NONE]] = True
    called = Words.of(_names(chunk, operation))
    parent = chunk.spans.forest.parent
    above = nearest(parent, tool | retrieval | any_run | model | repeated)
    tool &= ~_again(tool, above, called.codes)
    retrieval &= ~_again(retrieval, above, np.zeros(size, dtype=np.int64))
    wraps = _again(any_run, nearest(parent, any_run | tool), called.codes)
    runs = any_run & ~wraps
    return Roles(model, repeated, tool, retrieval, runs, wraps, nearest(parent, runs), called)


def _flag(size: int, place: Ints, operation: Words, wanted: tuple[str, ...]) -> Flags:
    flags = np.zeros(size, dtype=np.bool_)
    flags[place[operation.any_of(*wanted)]] = True
    return flags


def _again(flags: Flags, above: Ints, name: Ints) -> Flags:
    """Return which flagged spans have a flagged one of the same name right above them, nothing of note between."""
    up = np.maximum(above, 0)
    again: Flags = flags & (above != NONE) & flags[up] & (name == name[up])
    return again


def _names(chunk: Chunk, operation: Words) -> Texts:
    """What each call goes by, '' for other spans."""
    calls, own = chunk.calls, chunk.spans.name.texts()[chunk.calls["place"]]
    by_model = ("model", "server_address")
    said: dict[str, tuple[str, ...]] = {"execute_tool": ("tool_name",), "retrieval": ("data_source",)}
    said |= {"invoke_agent": ("agent_name", "workflow_name"), "invoke_workflow": ("workflow_name", "agent_name")}
    called = np.full(calls.size, NOBODY, dtype=object)
    for code, name in enumerate(operation.names.tolist()):
        rows = np.flatnonzero(operation.codes == code)
        texts = own[rows]
        for column in reversed(said.get(name, by_model)):
            better = calls[column][rows]
            texts = np.where(better != "", better, texts)
        called[rows] = texts
    names = np.full(chunk.spans.size, NOBODY, dtype=object)
    names[calls["place"]] = called
    return names
