"""Sums, first values and lists by trace or by run, over arrays whose owner is a number a row."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.traces.forest import Flags, Ints
from analytics.traces.rows import Texts, Words

Floats = NDArray[np.float64]


def total(owner: Ints, size: int, values: Floats | Flags | Ints) -> Floats:
    """Return the sum of each owner's values, NaN counted as nothing; owners below 0 are left out."""
    kept = owner >= 0
    weights = np.nan_to_num(values[kept].astype(np.float64))
    return np.bincount(owner[kept], weights=weights, minlength=size).astype(np.float64)


def whole(owner: Ints, size: int, values: Floats | Flags | Ints) -> Ints:
    """Return ``total`` as whole numbers."""
    return np.rint(total(owner, size, values)).astype(np.int64)


def firsts(owner: Ints, size: int, texts: Texts) -> Texts:
    """Return the first text of each owner that is not empty; '' where there is none. Rows stand in their order."""
    found = np.full(size, "", dtype=object)
    known = np.flatnonzero((owner >= 0) & (texts != ""))
    owners, at = np.unique(owner[known], return_index=True)
    found[owners] = texts[known[at]]
    return found


def lists(owner: Ints, size: int, words: Words, kept: Flags) -> list[list[object]]:
    """Return each owner's distinct texts that are not empty, of the rows ``kept``, in the order of the alphabet."""
    rows = np.flatnonzero(kept & (owner >= 0) & (words.texts() != ""))
    many = max(1, len(words.names))
    keys = np.unique(owner[rows] * many + words.codes[rows])
    return split(keys // many, size, words.names[keys % many])


def split(owner: Ints, size: int, values: NDArray[np.generic]) -> list[list[object]]:
    """Cut values that are ordered by owner into a list an owner."""
    ends = np.searchsorted(owner, np.arange(1, size + 1)).tolist()
    flat = values.tolist()
    begin, cut = 0, []
    for end in ends:
        cut.append(flat[begin:end])
        begin = end
    return cut


def groups(*codes: Ints) -> tuple[Ints, Ints]:
    """Return, for rows of equal codes, the first row of each group in the order of the codes, and each row's group."""
    order = np.lexsort(codes[::-1])
    changes = np.zeros(len(order), dtype=np.bool_)
    for column in codes:
        ordered = column[order]
        changes[1:] |= ordered[1:] != ordered[:-1]
    group = np.empty(len(order), dtype=np.int64)
    group[order] = np.cumsum(changes)
    first = order[np.flatnonzero(np.concatenate(([True], changes[1:])))] if len(order) else order
    return first, group
