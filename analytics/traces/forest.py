"""Spans of some traces as trees in arrays: who is whose parent, how deep, and which ancestor comes first.

Ids are 64-bit hashes of (tenant, trace, span), so that all traces of a chunk are linked in one pass. A pointer that is
followed in doubling steps reaches every root in log(depth) passes, however deep a trace is; what still points somewhere
then hangs in a circle, and the circle's first span stands as a root.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Ids = NDArray[np.uint64]
Flags = NDArray[np.bool_]
NONE = -1


@dataclass(frozen=True, slots=True)
class Forest:
    """Spans in the order of (trace, start, span id). All arrays have a value a span.

    ``trace``   the number of its trace, from 0, never falling.
    ``parent``  the place of its parent; NONE for a root.
    ``orphan``  whether it names a parent that is not there.
    ``depth``   0 for a root.
    """

    trace: Ints
    parent: Ints
    orphan: Flags
    depth: Ints


def grow(trace: Ints, ids: Ids, parents: Ids, named: Flags) -> Forest:
    """Link spans in canonical order to their parents; ``named`` says which name a parent at all."""
    parent = places(ids, parents)
    parent[~named | (parent == np.arange(len(ids)))] = NONE
    open_circles(parent)
    orphan = named & (parent == NONE) & (places(ids, parents) == NONE)
    return Forest(trace, parent, orphan, depths(parent))


def places(ids: Ids, wanted: Ids) -> Ints:
    """Return where each of ``wanted`` stands among the distinct ``ids``; NONE where it does not."""
    if not len(ids):
        return np.full(len(wanted), NONE, dtype=np.int64)
    order = np.argsort(ids, kind="stable")
    found = np.minimum(np.searchsorted(ids, wanted, sorter=order), len(ids) - 1)
    place = order[found]
    return np.where(ids[place] == wanted, place, NONE).astype(np.int64)


def depths(parent: Ints) -> Ints:
    """Return how many ancestors each span has."""
    depth = (parent >= 0).astype(np.int64)
    jump = parent.copy()
    while (going := np.flatnonzero(jump >= 0)).size:
        depth[going] += depth[jump[going]]
        jump[going] = jump[jump[going]]
    return depth


def nearest(parent: Ints, marked: Flags) -> Ints:
    """Return each span's nearest ancestor, itself left out, that is marked; NONE where there is none."""
    up = parent.copy()
    while True:
        going = np.flatnonzero(up >= 0)
        going = going[~marked[up[going]]]
        if not going.size:
            return up
        up[going] = up[up[going]]


def open_circles(parent: Ints) -> None:
    """Make the first span of each circle a root, in place."""
    jump = parent.copy()
    for _ in range(len(parent).bit_length() + 1):
        going = np.flatnonzero(jump >= 0)
        if not going.size:
            return
        jump[going] = jump[jump[going]]
    # After at least as many steps as there are spans, whoever still moves is on a circle.
    seen: set[int] = set()
    for place in np.unique(jump[jump >= 0]).tolist():
        if place not in seen:
            circle = _circle(parent, place)
            seen.update(circle)
            parent[min(circle)] = NONE


def _circle(parent: Ints, place: int) -> list[int]:
    circle = [place]
    while (place := int(parent[place])) != circle[0]:
        circle.append(place)
    return circle
