"""Trees, critical paths and duplicates on hand-made spans, hostile ones among them."""

import math
import random
import time

import numpy as np
import pytest

from analytics.traces.critical_path import critical, last_roots, own_ns
from analytics.traces.duplicates import duplicates
from analytics.traces.forest import NONE, grow, nearest
from analytics.traces.sameness import Call, models_of

LARGE = 50_000
FAILED = {"tokens": None, "failed": True}


def forest(parents):
    """Spans 1, 2, ... of one trace; ``parents`` names each one's parent, 0 for none."""
    named = np.array(parents, dtype=np.uint64)
    ids = np.arange(1, len(parents) + 1, dtype=np.uint64)
    return grow(np.zeros(len(parents), dtype=np.int64), ids, named, named > 0)


def test_orphans_self_parents_and_circles_stand_as_roots():
    found = forest([2, 3, 1, 0, 5, 99, 6])
    assert found.parent.tolist() == [NONE, 2, 0, NONE, NONE, NONE, 5]
    assert found.depth.tolist() == [0, 2, 1, 0, 0, 0, 1]
    assert np.flatnonzero(found.orphan).tolist() == [5]


@pytest.mark.parametrize(
    "parents",
    [list(range(LARGE)), [0] + [1] * (LARGE - 1), [LARGE, *range(1, LARGE)]],
    ids=["a chain", "one above all", "a circle"],
)
def test_a_monster_is_computed_in_seconds(parents):
    before = time.process_time()
    found = forest(parents)
    start = np.arange(LARGE, dtype=np.int64)
    end = start[::-1] + 2 * LARGE
    path = critical(found.parent, start, end, last_roots(found.trace, found.parent, end))
    assert own_ns(found.parent, start, end, path).sum() > 0
    assert nearest(found.parent, found.parent == NONE).max() == 0
    assert time.process_time() - before < 5


def walked(parent, start, end, root):
    """The critical path as it is told: from the end back, the child that ended last before then."""
    path, waiting = set(), [root]
    while waiting:
        place = waiting.pop()
        path.add(place)
        edge = end[place]
        below = [child for child in range(len(parent)) if parent[child] == place]
        for child in sorted(below, key=lambda child: -end[child]):
            if end[child] <= edge:
                waiting.append(child)
                edge = start[child]
    return path


def test_the_critical_path_is_the_one_that_is_told():
    chance = random.Random(5)
    for _ in range(300):
        size = chance.randrange(1, 20)
        start = np.array(sorted(chance.randrange(30) for _ in range(size)), dtype=np.int64)
        end = start + np.array([chance.randrange(20) for _ in range(size)], dtype=np.int64)
        parent = np.array([chance.randrange(-1, place) if place else NONE for place in range(size)], dtype=np.int64)
        (root,) = last_roots(np.zeros(size, dtype=np.int64), parent, end)
        path = critical(parent, start, end, np.array([root]))
        assert set(np.flatnonzero(path).tolist()) == walked(parent, start, end, root)


def call(place, outer=-1, start=0, end=100, tokens=(100.0, 10.0), said="", name="gpt-4o", **more):
    ms = 1_000_000
    used = (math.nan, math.nan) if tokens is None else tokens
    known = {"failed": False, "server": False, **more}
    return Call(
        place,
        outer,
        start * ms,
        end * ms,
        known.pop("failed"),
        known.pop("server"),
        said,
        models_of(name),
        *used,
        **known,
    )


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        ([call(0, said="a"), call(1, 0, said="a")], {0: 1}),
        ([call(0, said="a"), call(1, 0, said="b")], {}),
        ([call(0, tokens=None), call(1, 0, said="b", name="gpt-4o-2024-08-06")], {0: 1}),
        ([call(0), call(1, 0, tokens=None)], {1: 0}),
        ([call(0), call(1, 0, name="gpt-4o-mini")], {}),
        ([call(0, said="a"), call(1, 0, said="a"), call(2, 1, server=True, name="")], {0: 1, 2: 1}),
        ([call(0, tokens=None), call(1, 0, tokens=None), call(2, 1)], {0: 2, 1: 2}),
        ([call(0, tokens=None), call(1, 0, end=30, tokens=None, failed=True), call(2, 0, start=40)], {0: 2}),
        ([call(0, tokens=(300.0, 30.0)), call(1, 0, end=40), call(2, 0, start=50, tokens=(200.0, 20.0))], {0: 2}),
        ([call(0, scope=1), call(1, start=2, end=98, scope=2)], {0: 1}),
        ([call(0, scope=1), call(1, start=2, end=98, scope=1)], {}),
        ([call(0, scope=1, **FAILED), call(1, start=2, end=98, scope=2, **FAILED)], {1: 0}),
        ([call(0, said="a"), call(1, start=200, end=300, said="a")], {}),
        ([call(0, said="a", server=True, prefill=True, end=20), call(1, start=30, said="a", server=True)], {0: 1}),
    ],
    ids=[
        "one id", "two ids", "a wrapper without usage", "an inner one without usage", "another model inside",
        "framework, SDK, server", "two wrappers", "a retry inside", "a sum of two", "beside each other, two tracers",
        "beside each other, one tracer", "two failures", "one id one after the other", "a split server",
    ],
)  # fmt: skip
def test_which_spans_are_one_call(calls, expected):
    assert duplicates(calls) == expected
