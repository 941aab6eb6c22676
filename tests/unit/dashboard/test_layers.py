"""Where the nodes of a flow stand."""

from __future__ import annotations

import itertools

from dashboard.charts.layers import from_the_top, place


def crossings(at: dict, edges: list[tuple[str, str]]) -> int:
    """Pairs of edges between the same two columns that cross."""
    found = 0
    for number, (a, b) in enumerate(edges):
        for c, d in edges[number + 1 :]:
            same = at[a][0] == at[c][0] and at[b][0] == at[d][0]
            found += same and (at[a][1] - at[c][1]) * (at[b][1] - at[d][1]) < 0
    return found


def test_who_hands_over_stands_left_and_leaves_have_columns_of_their_own():
    edges = [("front", "billing"), ("front", "shipping"), ("shipping", "carrier"), ("billing", "pay"), ("carrier", "m")]
    places = place(["front", "billing", "shipping", "carrier"], [["pay"], ["m"]], edges)
    columns = {node: column for node, (column, _) in places.at.items()}
    assert columns == {"front": 0, "billing": 1, "shipping": 1, "carrier": 2, "pay": 3, "m": 4}
    assert (places.columns, places.rows) == (5, 2)


def test_rows_of_a_column_differ_and_lie_inside():
    flow = [f"a{number}" for number in range(4)]
    leaves = [f"t{number}" for number in range(9)]
    places = place(flow, [leaves, ["m"]], [(flow[number % 4], leaf) for number, leaf in enumerate(leaves)])
    for column in range(places.columns):
        rows = sorted(row for number, row in places.at.values() if number == column)
        assert all(later - earlier >= 1 for earlier, later in itertools.pairwise(rows))
        assert rows[0] >= 0
        assert rows[-1] <= places.rows - 1


def test_neighbours_stand_side_by_side():
    edges = [("a", "t3"), ("b", "t2"), ("c", "t1"), ("a", "t3b"), ("c", "t1b")]
    places = place(["a", "b", "c"], [["t1", "t2", "t3", "t1b", "t3b"]], edges)
    assert crossings(dict(places.at), edges) == 0


def test_circles_and_calls_of_itself_end():
    places = place(["a", "b", "c"], [], [("a", "b"), ("b", "c"), ("c", "a"), ("b", "b")])
    assert {node: column for node, (column, _) in places.at.items()} == {"a": 0, "b": 1, "c": 2}


def test_nothing_has_no_rows():
    assert place([], [], []).rows == 0


def test_from_the_top_every_column_begins_in_the_first_row():
    leaves = [f"t{number}" for number in range(5)]
    places = from_the_top(place(["a", "b"], [leaves], [("a", "b"), *(("b", leaf) for leaf in leaves)]))
    assert [places.at["a"], places.at["b"]] == [(0, 0), (1, 0)]
    assert sorted(places.at[leaf][1] for leaf in leaves) == [0, 1, 2, 3, 4]
