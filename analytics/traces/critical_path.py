"""The spans that kept a trace from ending sooner.

From the end back: of the children of a span on the path, the one that ended last, then the one that ended last before
that one began, and so on; a child that outlasts its parent did not hold it up. What a span on the path does itself is
its time less that of its children on the path. (The walk that Jaeger and CRISP use: Zhang et al., USENIX ATC 2022.)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.traces.forest import NONE, Flags, Ints


def last_roots(trace: Ints, parent: Ints, end: Ints) -> Ints:
    """Return the place of the root that ended last of each trace, the first one of equals."""
    roots = np.flatnonzero(parent == NONE)
    order = roots[np.lexsort((roots, -end[roots], trace[roots]))]
    return order[np.unique(trace[order], return_index=True)[1]]


def critical(parent: Ints, start: Ints, end: Ints, roots: Ints) -> Flags:
    """Return which spans are on the paths that begin at ``roots``. Spans stand in the order of start and id."""
    path = np.zeros(len(parent), dtype=np.bool_)
    children = np.flatnonzero(parent >= 0)
    order = children[np.lexsort((-end[children], parent[children]))]
    first, last = _spans_of(parent[order], len(parent))
    below = _latest(end, order, first, last, end)
    place = np.full(len(parent), NONE, dtype=np.int64)
    place[order] = np.arange(len(order))
    mother = np.where(parent >= 0, parent, 0)
    beside = _latest(end, order, np.where(parent >= 0, place + 1, 0), np.where(parent >= 0, last[mother], 0), start)
    going = roots
    while going.size:
        path[going] = True
        going = np.concatenate((below[going], beside[going]))
        going = going[going >= 0]
    return path


def own_ns(parent: Ints, start: Ints, end: Ints, path: Flags) -> NDArray[np.float64]:
    """Return the nanoseconds that each span of the path spent itself, 0 for other spans."""
    own = np.where(path, end - start, 0).astype(np.float64)
    inner = np.flatnonzero(path & (parent >= 0))
    mother = parent[inner]
    inside = np.maximum(0, end[inner] - np.maximum(start[inner], start[mother]))
    own -= np.bincount(mother, weights=inside, minlength=len(own))
    return np.maximum(own, 0.0)


def _spans_of(parents: Ints, size: int) -> tuple[Ints, Ints]:
    """Return where the children of each span begin and end in an array ordered by parent."""
    counts = np.bincount(parents, minlength=size)
    last = np.cumsum(counts)
    return last - counts, last


def _latest(end: Ints, order: Ints, low: Ints, high: Ints, edge: Ints) -> Ints:
    """Return of each stretch [low, high) of ``order``, ends falling, the first that ends by ``edge``; NONE if none."""
    low, stop = low.copy(), high
    high = high.copy()
    while (going := np.flatnonzero(low < high)).size:
        middle = (low[going] + high[going]) // 2
        late = end[order[middle]] > edge[going]
        low[going[late]] = middle[late] + 1
        high[going[~late]] = middle[~late]
    found = np.full(len(low), NONE, dtype=np.int64)
    there = np.flatnonzero(low < stop)
    found[there] = order[low[there]]
    return found
