"""Times as people type them on a command line: a day, a moment with its zone, or how long ago."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
FORMS = "write a day (2026-11-01), a time with its zone (2026-11-01T08:00:00Z), -7d (also m, h, w) or now"


def read_moment(text: str, now: datetime) -> datetime:
    """Return an aware UTC time. A day is its midnight in UTC. Raises ValueError with what to write instead."""
    typed = text.strip()
    if typed == "now":
        return now
    if ago := re.fullmatch(r"-(\d{1,6})([mhdw])", typed):
        return _before(now, int(ago[1]) * UNITS[ago[2]], text)
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", typed):
            day = date.fromisoformat(typed)
            return datetime(day.year, day.month, day.day, tzinfo=UTC)
        at = datetime.fromisoformat(typed)
    except ValueError:
        raise ValueError(f"{text[:40]!r} is no time; {FORMS}") from None
    if at.tzinfo is None:
        raise ValueError(f"{text[:40]!r} has no zone; add Z for UTC, or +01:00")
    return at.astimezone(UTC)


def _before(now: datetime, length: timedelta, text: str) -> datetime:
    try:
        return now - length
    except OverflowError:
        raise ValueError(f"{text[:40]!r} is before all time; {FORMS}") from None
