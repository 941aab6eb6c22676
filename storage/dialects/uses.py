"""Counts which attributes spans have, so that what no dialect knows is seen; a job with a turn each minute.

A minute of arrivals is counted when no statement that began in it can still be running, each exactly once: the
insert carries the minute as its token, and the mark moves after it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from string import Template

from storage.dialects.detect import dialect_name, scope_number
from storage.dialects.fields import Dialect
from storage.engine import Engine
from storage.marks import LONG_AGO, read_mark, write_mark
from storage.times import utc

MARK = "attribute-uses"
STEP = timedelta(minutes=1)
BEHIND = timedelta(seconds=90)
# A turn does not count further than this many minutes that have spans.
MOST_STEPS = 30
NEXT = "SELECT min(IngestedAt), count() FROM otel_traces WHERE IngestedAt >= {start:DateTime64(3)}"


class AttributeUses:
    """Counts the attributes of one store's spans; ``tick`` may be called from one thread at a time."""

    def __init__(self, engine: Engine, dialects: Sequence[Dialect]) -> None:
        self.engine = engine
        text = files("storage").joinpath("sql", "dialects", "uses.sql").read_text("utf-8")
        self._sql = Template(text).substitute(scope=scope_number(dialects), dialect=dialect_name(dialects, "keys_"))

    def tick(self, now: datetime) -> int:
        """Count what came in up to ``now`` (aware UTC) less a while; return how many minutes that were."""
        mark = read_mark(self.engine, MARK)
        for done in range(MOST_STEPS):
            start = self._begin(mark)
            if start is None or start + STEP > now - BEHIND:
                return done
            mark = start + STEP
            parameters = {"start": _text(start), "end": _text(mark), "token": f"uses-{start.timestamp():.0f}"}
            self.engine.command(self._sql, parameters)
            write_mark(self.engine, MARK, mark, time.time_ns())
        return MOST_STEPS

    def _begin(self, mark: datetime) -> datetime | None:
        """Return the minute of the first span that came in since ``mark``; None when none did."""
        first, spans = self.engine.query(NEXT, {"start": _text(max(mark, LONG_AGO))}).rows[0]
        if not spans:
            return None
        return utc(first).replace(second=0, microsecond=0)


def _text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:23]
