"""How far a periodic job has read, kept in the store, so that a restart goes on from there."""

from __future__ import annotations

from datetime import UTC, datetime

from storage.engine import Engine
from storage.tables.governance import MARKS
from storage.times import utc

LAST = "SELECT max(at), count() FROM marks WHERE name = {name:String}"
# A day after the epoch: what is read from a little before it is a time still.
LONG_AGO = datetime(1970, 1, 2, tzinfo=UTC)


def read_mark(engine: Engine, name: str) -> datetime:
    """Return how far the job ``name`` has read, aware UTC; long ago when it never has."""
    at, marks = engine.query(LAST, {"name": name}).rows[0]
    return utc(at) if marks else LONG_AGO


def write_mark(engine: Engine, name: str, at: datetime, version_ns: int) -> None:
    """Remember that the job ``name`` has read up to ``at``; the same version again changes nothing."""
    engine.insert("marks", [[name, at, version_ns]], list(MARKS), token=f"mark-{name}-{version_ns}")
