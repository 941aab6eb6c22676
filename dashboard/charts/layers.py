"""Places for a graph that flows from left to right: who hands over stands left of whom they hand over to.

Layers after Sugiyama, Tagawa and Toda (1981): each node in the column of its distance from where a flow begins, rows in
a column ordered by the mean row of their neighbours, so that few edges cross.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SWEEPS = 4

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Places:
    """Each node's (column, row), and how many columns and rows there are. A row may lie between two others."""

    at: Mapping[str, tuple[int, float]]
    columns: int
    rows: int


def place(flow: Sequence[str], leaves: Sequence[Sequence[str]], edges: Sequence[Pair]) -> Places:
    """Place ``flow`` by its edges in the first columns, then each group of ``leaves`` in a column of its own.

    What comes first in a group stands higher where nothing else decides. Circles are allowed.
    """
    depth = _depths(flow, edges)
    columns = [[node for node in flow if depth[node] == level] for level in range(max(depth.values(), default=-1) + 1)]
    columns += [list(group) for group in leaves if group]
    near: dict[str, list[str]] = {}
    for source, target in edges:
        near.setdefault(source, []).append(target)
        near.setdefault(target, []).append(source)
    rows = max(map(len, columns), default=0)
    at = _rows(columns, rows)
    for sweep in range(SWEEPS):
        for column in columns if sweep % 2 == 0 else reversed(columns):
            column.sort(key=lambda node: _mean([at[one] for one in near.get(node, ()) if one in at], at[node]))
            at |= _rows([column], rows)
    placed = {node: (number, at[node]) for number, column in enumerate(columns) for node in column}
    return Places(placed, len(columns), rows)


def from_the_top(places: Places) -> Places:
    """Return the same places with every column beginning at the top, where only its first columns are in view."""
    first = {
        column: min(row for other, row in places.at.values() if other == column) for column, _ in places.at.values()
    }
    at = {node: (column, row - first[column]) for node, (column, row) in places.at.items()}
    return Places(at, places.columns, places.rows)


def _depths(flow: Sequence[str], edges: Sequence[Pair]) -> dict[str, int]:
    """How far each node is from a beginning, by the longest way that is no circle."""
    inside = set(flow)
    after: dict[str, list[str]] = {node: [] for node in flow}
    for source, target in edges:
        if source in inside and target in inside and source != target:
            after[source].append(target)
    begun = {target for targets in after.values() for target in targets}
    depth = dict.fromkeys(flow, 0)
    for node in [node for node in flow if node not in begun] or list(flow)[:1]:
        _walk(node, after, depth, {node})
    return depth


def _walk(node: str, after: Mapping[str, Sequence[str]], depth: dict[str, int], way: set[str]) -> None:
    for target in after[node]:
        if target not in way and depth[node] + 1 > depth[target]:
            depth[target] = depth[node] + 1
            _walk(target, after, depth, way | {target})


def _rows(columns: Sequence[Sequence[str]], rows: int) -> dict[str, float]:
    """Each column stands in the middle of the tallest."""
    return {node: (rows - len(column)) / 2 + number for column in columns for number, node in enumerate(column)}


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
