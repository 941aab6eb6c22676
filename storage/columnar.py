"""Columns in and out of the store as arrays: for jobs over many rows, at half of what a frame costs.

A friend of ``Engine``: it borrows a client as the engine's own statements do, so that one that failed is thrown away.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from storage.engine import READ_SECONDS, Engine

Column = NDArray[Any]


def read_columns(
    engine: Engine,
    sql: str,
    parameters: Mapping[str, object] | None = None,
    settings: Mapping[str, object] | None = None,
) -> dict[str, Column]:
    """Run a SELECT of numbers and texts and return its columns, texts as objects; no column at all without a row."""
    with engine._client() as client:
        stream = client.query_column_block_stream(
            sql,
            parameters=dict(parameters) if parameters else None,
            settings={"max_execution_time": READ_SECONDS, **(settings or {})},
        )
        with stream:
            blocks = list(stream)
            source: Any = stream.source
            names: tuple[str, ...] = tuple(source.column_names)
    return {name: _joined([block[at] for block in blocks]) for at, name in enumerate(names)} if blocks else {}


def write_columns(engine: Engine, table: str, columns: Mapping[str, Sequence[object]], *, token: str) -> None:
    """Insert columns of one length, values as Python's own, times as numbers of the table's own unit.

    A second insert with the same ``token`` into the same table changes nothing.
    """
    if not any(len(column) for column in columns.values()):
        return
    with engine._client() as client:
        client.insert(
            table,
            list(columns.values()),
            column_names=list(columns),
            column_oriented=True,
            settings={"insert_deduplication_token": token},
        )


def _joined(pieces: Sequence[Sequence[object]]) -> Column:
    """Return the blocks of one column as one array: numbers as they are typed, texts as objects."""
    return np.concatenate([np.asarray(piece) if isinstance(piece, array) else _objects(piece) for piece in pieces])


def _objects(piece: Sequence[object]) -> Column:
    filled = np.empty(len(piece), dtype=object)
    filled[:] = piece
    return filled
