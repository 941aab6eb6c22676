"""Agents that go round in a circle: one run that calls one tool again and again with the same arguments.

Arguments lie in the attributes of spans, which are dear to read: only those of tools that a run called at least three
times are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np

from analytics.traces.forest import NONE, Ints
from analytics.traces.reading import STEADY
from analytics.traces.roles import Roles
from analytics.traces.rows import Chunk
from analytics.traces.sums import groups
from storage.engine import Engine
from storage.structures import structures_sql

LEAST = 3
# As many calls of one tool are a circle even where nobody says with which arguments.
MANY = 10
# Of more suspicious calls than this in one chunk the arguments are not read.
MOST = 20_000


def find_loops(engine: Engine, chunk: Chunk, roles: Roles) -> Mapping[int, tuple[str, int]]:
    """Return the place of a run -> the tool it called most often with the same arguments, and how often."""
    tools = np.flatnonzero(roles.tool & (roles.run != NONE))
    _, group = groups(roles.run[tools], roles.called.codes[tools])
    tools = tools[np.bincount(group)[group] >= LEAST]
    if not len(tools):
        return {}
    said = _arguments(engine, chunk, tools) if len(tools) <= MOST else {}
    arguments = [said.get(span, 0) for span in chunk.spans.ids(tools)]
    keys = zip(roles.run[tools].tolist(), roles.called.codes[tools].tolist(), arguments, strict=True)
    counted = Counter(keys)
    found: dict[int, tuple[str, int]] = {}
    for (run, tool, same), times in sorted(counted.items()):
        if times >= (LEAST if same else MANY) and times > found.get(run, ("", 0))[1]:
            found[run] = (str(roles.called.names[tool]), times)
    return found


def _arguments(engine: Engine, chunk: Chunk, place: Ints) -> dict[str, int]:
    """Return the hash of the arguments of each span in ``place`` that says them, by its id."""
    spans = chunk.spans
    asked = {
        "ids": sorted({spans.traces[number].trace_id for number in spans.forest.trace[place].tolist()}),
        "spans": spans.ids(place),
        "started": int(spans.start[place].min()),
        "ended": int(spans.start[place].max()),
    }
    rows = engine.query(structures_sql("arguments"), asked, STEADY).rows
    return {span: arguments for span, arguments in rows if arguments}
