"""Makes reports: now, on a schedule, and once more where the engine died over a due time or in the middle of a run.

tick(now) ─> cut short before? fail it, run it again ─> due since it was last served? the last due time, once
run_now   ─┐
           └─> row "running" ─> evidence ─> page ─> signed folder (written beside, renamed as one) ─> row "done"
"""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

from dashboard.services import ScheduleView, Signature
from policies.bundle import PolicySet
from policies.reports.bundle import verify_bundle, write_bundle
from policies.reports.make import REPORTS, make_report, report_files
from policies.reports.model import Period
from policies.reports.signing import own_public_key, signing_key
from spanwarden.circumstances import look
from spanwarden.cron import Cron, window_start
from spanwarden.report_runs import Order, ReportRuns, Result
from spanwarden.settings import Schedule, Settings
from storage.control.store import Control
from storage.engine import Engine

logger = logging.getLogger(__name__)

FONTS = {"Inter": "inter.woff2", "JetBrains Mono": "jetbrains-mono.woff2"}


def _now() -> datetime:
    return datetime.now(UTC)


class Reporting:
    """Runs reports on one store, one at a time, and keeps them below ``settings.reports_dir``."""

    def __init__(
        self,
        engine: Engine,
        control: Control,
        policies: PolicySet,
        settings: Settings,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self.engine, self.control, self.policies, self.settings, self.clock = engine, control, policies, settings, clock
        self.runs = ReportRuns(control)
        self.crons = {one.id: Cron.parse(one.cron, one.timezone) for one in settings.schedules}
        self._own: set[str] = set()
        self._one_at_a_time = threading.Lock()
        self._looked_back = False

    def run_now(self, report: str, start: datetime, end: datetime) -> str:
        """Run a report over ``[start, end)``; return its run's id once it is done.

        Raises ValueError for a report or a time that cannot be; whatever else fails is raised again after its run is
        marked as failed.
        """
        if report not in REPORTS:
            raise ValueError(f"report is one of {', '.join(REPORTS)}, not {report[:40]!r}")
        now = self.clock()
        if start >= min(end, now):
            raise ValueError("the report's time must begin in the past, and before it ends")
        run_id = self.runs.begin(Order(report, start, end), now)
        assert run_id is not None  # noqa: S101 (without a schedule nothing can be taken)
        self._run(run_id, Order(report, start, end))
        return run_id

    def schedules(self) -> Sequence[ScheduleView]:
        """Return what runs when."""
        now = self.clock()
        return [
            ScheduleView(one.id, one.report, one.cron, one.timezone, one.window, self.crons[one.id].after(now))
            for one in self.settings.schedules
        ]

    def verify(self, path: Path) -> Signature:
        """Check a run's folder (relative to the reports' folder, or absolute) under this installation's key."""
        place = path if path.is_absolute() else self.settings.reports_dir / path
        found = verify_bundle(place, own_public_key(self.settings.secrets_dir))
        return Signature(found.valid, found.reason)

    def tick(self, now: datetime) -> None:
        """Run what is due at ``now``: each schedule once, however many of its times have passed since it was served.

        A report that fails is a failed run; only the control plane's own failure is raised.
        """
        if not self._looked_back:
            self._look_back(now)
            self._looked_back = True
        served = self.runs.served([one.id for one in self.settings.schedules], now)
        for schedule in self.settings.schedules:
            due = self.crons[schedule.id].last(served[schedule.id], now)
            if due is not None:
                order = _order(schedule, due)
                run_id = self.runs.begin(order, now)
                if run_id is not None:
                    self._try(run_id, order)

    def _look_back(self, now: datetime) -> None:
        """Take up what an earlier process left unfinished."""
        known = {one.id for one in self.settings.schedules}
        for left in self.runs.interrupted(self._own):
            self._sweep(left.id)
            again = left.schedule in known and left.report in REPORTS
            successor = self.runs.restart(left.id, now, again=again)
            logger.warning("report run %s was interrupted%s", left.id, " and is run again" if successor else "")
            if successor:
                self._try(successor, Order(left.report, left.window_from, left.window_to, left.schedule, left.due_at))

    def _try(self, run_id: str, order: Order) -> None:
        try:
            self._run(run_id, order)
        except Exception as error:  # noqa: BLE001 (the row says it; the next schedule must still run)
            logger.error("report run %s failed: %s", run_id, type(error).__name__)

    def _run(self, run_id: str, order: Order) -> None:
        self._own.add(run_id)
        try:
            with self._one_at_a_time:
                result = self._make(run_id, order)
            self.runs.finish(run_id, result, self.clock())
        except Exception as error:
            # The text of a store's error can hold values of rows, so the row gets its type and number alone.
            code = getattr(error, "code", None)
            self.runs.fail(run_id, type(error).__name__ + (f" {code}" if code else ""), self.clock())
            raise
        finally:
            self._own.discard(run_id)

    def _make(self, run_id: str, order: Order) -> Result:
        folder = self.settings.reports_dir
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        as_of = self.clock()
        period = Period(order.start, min(order.end, as_of), as_of)
        seen = look(self.engine, self.control, self.policies, self.settings, period)
        report = make_report(order.report, run_id, self.engine, self.policies, seen, period, self.clock)
        draft = folder / f".{run_id}.part"
        self._sweep(run_id)
        draft.mkdir(mode=0o700)
        key = signing_key(self.settings.secrets_dir)
        digest = write_bundle(draft, report_files(report, page_fonts()), report.said(), key)
        draft.rename(folder / run_id)
        return Result(run_id, digest)

    def _sweep(self, run_id: str) -> None:
        """Remove what a run that was cut short has left."""
        for leftover in (f".{run_id}.part", run_id):
            shutil.rmtree(self.settings.reports_dir / leftover, ignore_errors=True)


def _order(schedule: Schedule, due: datetime) -> Order:
    start = window_start(due, schedule.window, ZoneInfo(schedule.timezone))
    return Order(schedule.report, start, due, schedule.id, due)


@cache
def page_fonts() -> dict[str, bytes]:
    """The web's own fonts, so that a page of paper looks as the screen does."""
    folder = files("dashboard") / "assets" / "fonts"
    return {family: (folder / name).read_bytes() for family, name in FONTS.items()}
