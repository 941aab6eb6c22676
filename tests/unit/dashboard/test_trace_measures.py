"""A trace is measured once, cut by round numbers, and a share is a percentage whatever it is a share of."""

from __future__ import annotations

import pytest

from dashboard.components.waterfall import waterfall
from dashboard.format import quantity
from dashboard.read.spans import Node, Tree, arrange

MS = 1_000_000


def node(span_id: str, parent: str, start: int, length: int, failed: bool = False) -> Node:
    return Node(span_id, parent, span_id, "Internal", "svc", start, length, failed, 0)


def test_a_trace_lasts_from_its_first_start_to_its_last_end():
    tree = Tree("t", [node("b", "a", 20, 500), node("a", "", 5, 100)])
    assert (tree.start_ns, tree.duration_ns) == (5, 515)


def test_a_trace_of_no_length_still_has_one():
    assert Tree("t", [node("a", "", 5, 0)]).duration_ns == 1


@pytest.mark.parametrize(
    ("milliseconds", "ticks"),
    [
        (22_500, ["0", "6 s", "12 s", "18 s"]),
        (1_000, ["0", "300 ms", "600 ms"]),
        (1, ["0", "0.3 ms", "0.6 ms"]),
        (95_000, ["0", "30 s", "1 min"]),
        (7_300_000, ["0", "1 h"]),
        (400_000_000, ["0", "2 d"]),
    ],
)
def test_ticks_are_round_and_stay_inside(milliseconds: int, ticks: list[str]):
    nodes = arrange([node("a", "", 0, milliseconds * MS)])
    scale = waterfall(Tree("t", nodes), nodes, "a").children[1]
    marks = scale.children[-1].children
    assert [mark.children for mark in marks] == ticks
    assert all(float(mark.style["left"].rstrip("%")) <= 82 for mark in marks)


def test_every_length_has_ticks():
    for exponent in range(0, 17):
        for first in (1, 3, 7, 9):
            nodes = arrange([node("a", "", 0, first * 10**exponent)])
            assert 2 <= len(waterfall(Tree("t", nodes), nodes, "a").children[1].children[-1].children) <= 4


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (0.125, "share of outputs marked", "12 %"),
        (0.0042, "share", "0.42 %"),
        (1.0, "share of outputs marked", "100 %"),
        (342.0, "ms", "342 ms"),
        (12_345, "calls", "12.3k"),
        (3, "", "3"),
    ],
)
def test_figures_are_said_in_their_unit(value: float, unit: str, words: str):
    assert quantity(value, unit) == words
