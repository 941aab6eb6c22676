"""The record of report runs: each is written down before it starts, so that one cut short is noticed.

A scheduled run and how far its schedule is served are one transaction, and (schedule, due time) is unique: whatever
dies when, a due time has one finished run.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from storage.control.models import ReportRun, ScheduleMark
from storage.control.store import Control

RUNNING, DONE, FAILED = "running", "done", "failed"


@dataclass(frozen=True, slots=True)
class Order:
    """A report over ``[start, end)``; ``schedule`` and ``due_at`` are set for one that a schedule asks for."""

    report: str
    start: datetime
    end: datetime
    schedule: str | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What a finished run left: its folder below the reports' folder, and the digest of its manifest."""

    path: str
    digest: str


class ReportRuns:
    """Reads and writes ``report_runs`` and ``schedule_marks``."""

    def __init__(self, control: Control) -> None:
        self.control = control

    def begin(self, order: Order, now: datetime) -> str | None:
        """Write a run down as running; return its id, or None when its due time has one already."""
        try:
            with self.control.begin() as session:
                run = _row(order, now)
                session.add(run)
                if order.schedule and order.due_at:
                    session.merge(ScheduleMark(schedule=order.schedule, served_until=order.due_at))
                return run.id
        except IntegrityError:
            self.serve(str(order.schedule), order.due_at or now)
            return None

    def finish(self, run_id: str, result: Result, now: datetime) -> None:
        """Mark a run as done."""
        with self.control.begin() as session:
            run = session.get_one(ReportRun, run_id)
            run.status, run.finished_at, run.path, run.digest = DONE, now, result.path, result.digest

    def fail(self, run_id: str, reason: str, now: datetime) -> None:
        """Mark a run as failed; ``reason`` names a kind of error, never data."""
        with self.control.begin() as session:
            run = session.get_one(ReportRun, run_id)
            run.status, run.finished_at, run.error = FAILED, now, reason

    def interrupted(self, own: Collection[str]) -> Sequence[ReportRun]:
        """Return the runs that were under way when their process ended: running, and not one of ``own``."""
        with self.control.session() as session:
            rows = session.scalars(select(ReportRun).where(ReportRun.status == RUNNING).order_by(ReportRun.started_at))
            return [run for run in rows if run.id not in own]

    def restart(self, run_id: str, now: datetime, *, again: bool) -> str | None:
        """Mark an interrupted run as failed; with ``again``, write its successor down in the same transaction.

        The failed row gives its due time up to the successor, whose id is returned.
        """
        with self.control.begin() as session:
            run = session.get_one(ReportRun, run_id)
            order = Order(run.report, run.window_from, run.window_to, run.schedule, run.due_at)
            run.status, run.finished_at = FAILED, now
            if not (again and run.schedule and run.due_at):
                run.error = "interrupted: the engine ended before it was finished"
                return None
            run.error = "interrupted: the engine ended before it was finished; run again"
            run.due_at = None
            session.flush()
            successor = _row(order, now)
            session.add(successor)
            return successor.id

    def served(self, schedules: Collection[str], now: datetime) -> dict[str, datetime]:
        """Return how far each schedule is served. A new one is served until now; one that is gone is forgotten."""
        with self.control.begin() as session:
            marks = {mark.schedule: mark for mark in session.scalars(select(ScheduleMark))}
            for name in set(marks) - set(schedules):
                session.delete(marks[name])
            for name in set(schedules) - set(marks):
                session.add(ScheduleMark(schedule=name, served_until=now))
            return {name: marks[name].served_until if name in marks else now for name in schedules}

    def serve(self, schedule: str, until: datetime) -> None:
        """Note that a schedule is served until then."""
        with self.control.begin() as session:
            session.merge(ScheduleMark(schedule=schedule, served_until=until))


def _row(order: Order, now: datetime) -> ReportRun:
    return ReportRun(
        id=str(uuid.uuid4()),
        report=order.report,
        schedule=order.schedule,
        window_from=order.start,
        window_to=order.end,
        due_at=order.due_at,
        started_at=now,
        status=RUNNING,
    )
