"""What is stored of findings and incidents, and how far the data have been read."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from analytics.explain import explain
from analytics.grouping import Group, detection_id
from analytics.incidents import Incident, build, finding_row
from analytics.reach import read_reach
from storage.engine import Engine
from storage.marks import LONG_AGO, read_mark, write_mark
from storage.tables.governance import FINDINGS, INCIDENTS
from storage.times import utc

MARK = "detectors"
# A span is visible so long after its time of ingest at most.
OVERLAP = timedelta(seconds=90)

FIRST = "SELECT min(minute), count() FROM calls_1m"
SINCE = "SELECT min(timestamp), count() FROM llm_calls WHERE ingested_at >= {at:DateTime64(3)}"
STANDING = """
SELECT id, tenant, state, severity, signal, title, scope, started_at, detected_at, peak_at, ended_at, body
FROM incidents FINAL WHERE deleted = 0 AND started_at >= {settled:DateTime64(3)}
"""


class Ledger:
    """Reads and writes what the runner keeps; ``refresh`` is how often a going incident is explained anew."""

    def __init__(self, engine: Engine, refresh: timedelta) -> None:
        self.engine = engine
        self.refresh = refresh
        self._mark: datetime | None = None
        self._first: datetime | None = None
        self._written: dict[str, tuple[object, ...]] = {}
        self._findings: dict[str, tuple[object, ...]] = {}

    def first_minute(self) -> datetime | None:
        """Return the first minute with a call; None when there is none."""
        return self._first

    def changed_since(self) -> datetime | None:
        """Return the time of the earliest call that came in since the last mark; None when none did."""
        first, minutes = self.engine.query(FIRST).rows[0]
        self._first = utc(first) if minutes else None
        if self._mark is None:
            self._mark = read_mark(self.engine, MARK)
        earliest, calls = self.engine.query(SINCE, {"at": max(self._mark - OVERLAP, LONG_AGO)}).rows[0]
        return utc(earliest) if calls else None

    def mark(self, at: datetime) -> None:
        """Remember that everything that came in before ``at`` has been looked at."""
        if self._mark is None or (at - self._mark) >= timedelta(minutes=1) or self._mark.year == LONG_AGO.year:
            write_mark(self.engine, MARK, at, time.time_ns())
        self._mark = at

    def write(self, groups: Sequence[Group], settled: datetime, end: datetime, version_ns: int) -> list[str]:
        """Make what is stored since ``settled`` equal to ``groups``; return the ids of incidents that changed."""
        self._write_findings(groups, version_ns)
        rows = [one.row(version_ns) for one in self._changed(groups, end)]
        rows += self._withdrawn(groups, settled, version_ns)
        self.engine.insert("incidents", rows, list(INCIDENTS), token=f"incidents-{version_ns}")
        return [str(row[0]) for row in rows]

    def _changed(self, groups: Sequence[Group], end: datetime) -> list[Incident]:
        changed = []
        for group in groups:
            # What goes on is told anew from time to time, what is over only when something about it has changed.
            turn = 0 if group.end else int(end.timestamp() // self.refresh.total_seconds())
            told = (turn, *group.detections)
            if self._written.get(group.id) != told:
                changed.append(self._explained(group, end))
                self._written[group.id] = told
        return changed

    def _explained(self, group: Group, end: datetime) -> Incident:
        until = group.end or end
        explanation = explain(self.engine, group, until)
        slices = [reason.where for reason in explanation.reasons] if explanation else []
        slices = slices or [{k: v for k, v in one.key.scope().items() if k != "agent_name"} for one in group.detections]
        failed = group.signal == "failures"
        reach = read_reach(self.engine, group.tenant, group.onset, until, slices, failed=failed)
        return build(group, explanation, reach)

    def _withdrawn(self, groups: Sequence[Group], settled: datetime, version_ns: int) -> list[list[object]]:
        current = {one.id for one in groups}
        standing = self.engine.query(STANDING, {"settled": settled}).rows
        gone = [Incident(*row) for row in standing if row[0] not in current]
        for one in gone:
            self._written.pop(one.id, None)
        return [one.row(version_ns, deleted=True) for one in gone]

    def _write_findings(self, groups: Sequence[Group], version_ns: int) -> None:
        rows = []
        for one in (one for group in groups for one in group.detections):
            told = (one.end, one.calls if one.end else None, one.onset)
            if self._findings.get(detection_id(one)) != told:
                rows.append(finding_row(one, version_ns))
                self._findings[detection_id(one)] = told
        self.engine.insert("findings", rows, list(FINDINGS), token=f"findings-{version_ns}")
