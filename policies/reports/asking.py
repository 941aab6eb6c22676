"""Asks the store and keeps what was asked: every figure of a report can be computed again from its query."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from policies.reports.model import Cell, Period, Query, rfc3339
from storage.engine import Engine
from storage.times import utc

MOST_ROWS = 400
# A report must not starve the loader: one thread, and a bound on memory.
GENTLE = {"max_threads": 1, "max_execution_time": 240, "max_memory_usage": 2_000_000_000}


class Asker:
    """Runs the named queries of ``policies/reports/sql`` over one period; ``asked`` keeps them in their order."""

    def __init__(self, engine: Engine, period: Period, clock: Callable[[], datetime]) -> None:
        self.engine = engine
        self.period = period
        self.clock = clock
        self.asked: dict[str, Query] = {}
        self._answers: dict[str, list[dict[str, Any]]] = {}

    def rows(
        self, name: str, asks: str, /, *, text: str | None = None, abridged: str = "", **more: object
    ) -> list[dict[str, Any]]:
        """Return the rows of query ``name``, bound to the period and ``more``; ``asks`` says in words what it asks.

        ``text`` is its SQL where it is not the file's, as compiled recognizers are, and ``abridged`` what paper shows
        of it. A name is asked once; whoever asks again is given the same answer.
        """
        if name in self._answers:
            return self._answers[name]
        sql = text or sql_of(name)
        bound = {name: value for name, value in {**self._bounds(), **more}.items() if f"{{{name}:" in sql}
        as_of = self.clock()
        result = self.engine.query(sql, bound, GENTLE)
        kept = tuple(tuple(plain(cell) for cell in row) for row in result.rows[:MOST_ROWS])
        shown = {key: plain(value) for key, value in bound.items()}
        self.asked[name] = Query(
            name, asks, sql.strip(), shown, result.columns, kept, len(result.rows), as_of, abridged
        )
        self._answers[name] = result.dicts()
        return self._answers[name]

    def row(
        self, name: str, asks: str, /, *, text: str | None = None, abridged: str = "", **more: object
    ) -> dict[str, Any]:
        """Return the one row of a query that has one."""
        return self.rows(name, asks, text=text, abridged=abridged, **more)[0]

    def queries(self, *names: str) -> tuple[Query, ...]:
        """Return what was asked under these names."""
        return tuple(self.asked[name] for name in names if name in self.asked)

    def _bounds(self) -> Mapping[str, object]:
        return {"start": self.period.start, "end": self.period.end, "as_of": self.period.as_of}


@cache
def sql_of(name: str) -> str:
    """Return the text of ``policies/reports/sql/<name>.sql``."""
    return (files("policies") / "reports" / "sql" / f"{name}.sql").read_text("utf-8")


def plain(value: Any) -> Cell:  # noqa: ANN401 (whatever the engine gives)
    """Return a value as JSON can hold it, the same each time."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime):
        return rfc3339(utc(value))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return ", ".join(str(plain(item)) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {plain(item)}" for key, item in sorted(value.items()))
    return str(value)
