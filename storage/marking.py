"""What marking policies have decided by the hour, and how far that has been read.

A job reads the hours that have new decisions and reads them whole, so that late and back-dated data bring the hour's
statement up to date, and a restart goes on where the last run ended.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from importlib.resources import files

from storage.engine import Engine
from storage.marks import read_mark, write_mark

WINDOWS = files("storage").joinpath("sql", "marking", "windows.sql").read_text("utf-8")
NEWEST = "SELECT max(version_ns) FROM policy_decisions WHERE policy_id IN {policies:Array(String)}"

MARK = "marking"
# A decision carries the time at which it was made, and is stored a moment later: the newest are read again.
OVERLAP = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class MarkingWindow:
    """One hour of one model in one service in which outputs lack the mark, as one policy decided.

    ``newest`` is the time of its last output without one. ``present`` and ``absent`` count outputs long enough to
    judge; ``tokens`` and ``total`` are the sums of scored tokens and scores of the absent ones, ``lowest`` is None
    without scores. ``versions`` are the service's releases whose outputs lack the mark, ``marked_versions`` those
    with marked ones.
    """

    tenant: str
    model: str
    service: str
    window: datetime
    newest: datetime
    verdicts: Mapping[str, int]
    present: int
    absent: int
    tokens: int
    total: float
    lowest: float | None
    exemplar: tuple[str, str]
    decisions: Sequence[str]
    versions: Sequence[str]
    marked_versions: Sequence[str]
    retokenised: int


def changed_windows(engine: Engine, since: datetime, bound: Mapping[str, object]) -> list[MarkingWindow]:
    """Return the hours with decisions stored after ``since`` in which outputs lack the mark.

    ``bound`` holds policy and digest, needed (tokens that an output must have to count as present), and mean and
    variance of a marked token's score.
    """
    since_ns = int(since.timestamp()) * 10**9
    names = [field.name for field in fields(MarkingWindow)]
    rows = engine.query(WINDOWS, {**bound, "since": since_ns}).dicts()
    return [MarkingWindow(**{name: row[name] for name in names}) for row in rows]


def decisions_read(engine: Engine) -> datetime:
    """Return how far decisions were read; long ago when they never were."""
    return read_mark(engine, MARK)


def newest_decision(engine: Engine, policies: Sequence[str]) -> datetime | None:
    """Return when the newest decision of these policies was made, None when there is none."""
    newest = int(engine.query(NEWEST, {"policies": list(policies)}).rows[0][0])
    return datetime.fromtimestamp(newest // 10**9, UTC) if newest else None


def note_decisions_read(engine: Engine, newest: datetime) -> None:
    """Remember that all decisions up to ``newest`` were read, but for those that may have been under way."""
    at = newest - OVERLAP
    write_mark(engine, MARK, at, int(at.timestamp()) * 10**9)
