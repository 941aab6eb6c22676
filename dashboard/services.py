"""What the dashboard is given: one frozen object that the composition root makes.

Nothing here is global. A callable may block (it runs in a thread) and may raise ``StoreError``, which a page shows
in place of the figures that need it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from analytics.budgets.standing import Standing
from storage.control.store import Control
from storage.dialects.fields import Dialect
from storage.dialects.registry import SHIPPED
from storage.engine import Engine
from storage.reprice import Difference


@dataclass(frozen=True, slots=True)
class PolicyView:
    """A policy in force, as Policies shows it. ``mode`` is off, shadow or enforce; ``kind`` privacy, watermark, ..."""

    id: str
    title: str
    kind: str
    mode: str
    version: str
    digest: str
    severity: str = ""
    owner: str = ""
    summary: str = ""
    controls: tuple[str, ...] = ()
    models: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScheduleView:
    """A report on a schedule; ``next_due`` is aware UTC, None when it will not fire again."""

    id: str
    report: str
    cron: str
    timezone: str
    window: str
    next_due: datetime | None


@dataclass(frozen=True, slots=True)
class Signature:
    """Whether a report's bundle carries a signature that holds, and why not when it does not."""

    valid: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Ready:
    """Readiness by part: ``{"accepting": True, "loading": False}``; ready when each part is."""

    parts: Mapping[str, bool] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether every part is ready."""
        return all(self.parts.values())


def _now() -> datetime:
    return datetime.now(UTC)


def _ready() -> Ready:
    return Ready({"web": True})


def _no_policies() -> Sequence[PolicyView]:
    return ()


def _no_schedules() -> Sequence[ScheduleView]:
    return ()


def _no_stats() -> Mapping[str, Any]:
    return {}


def _no_report(report: str, start: datetime, end: datetime) -> str:
    raise NotImplementedError(f"no report named {report} can be run here")


def _no_budgets() -> Sequence[Standing]:
    return ()


def _no_reprice(start: datetime, end: datetime, dry_run: bool) -> Sequence[Difference]:
    raise NotImplementedError("nothing can be repriced here")


def _no_verify(path: Path) -> Signature:
    return Signature(False, "not checked")


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that pages and the HTTP API read or do.

    ``stats``      the API's ``stats`` shape of the collector and loader; ``learning_until`` is RFC 3339 or None.
    ``ready``      whether spans are accepted and loaded right now.
    ``policies``   the bundle in force.
    ``run_report`` (report, start, end) -> run id in ``report_runs``; raises ValueError for a report it does not know.
    ``schedules``  what runs when.
    ``verify``     a run's ``path`` -> whether its signature holds.
    ``dialects``   the dialects of spans that are understood, the users' own first.
    ``budgets``    where each budget stands now; may block for a second.
    ``reprice``    (start, end, dry run) -> what pricing stored calls again changes; changes it unless it is dry.
    ``clock``      aware UTC now.
    ``reports``    names of the reports that can be run.
    ``reports_dir`` runs are served from below this folder only; None serves none.
    ``otlp_http``, ``otlp_grpc`` the addresses that the first-trace snippet names.
    ``hosts``      further Host names that the guard lets in, beside loopback's.
    """

    engine: Engine
    control: Control
    stats: Callable[[], Mapping[str, Any]] = _no_stats
    ready: Callable[[], Ready] = _ready
    policies: Callable[[], Sequence[PolicyView]] = _no_policies
    run_report: Callable[[str, datetime, datetime], str] = _no_report
    schedules: Callable[[], Sequence[ScheduleView]] = _no_schedules
    verify: Callable[[Path], Signature] = _no_verify
    budgets: Callable[[], Sequence[Standing]] = _no_budgets
    dialects: Sequence[Dialect] = SHIPPED
    reprice: Callable[[datetime, datetime, bool], Sequence[Difference]] = _no_reprice
    clock: Callable[[], datetime] = _now
    reports: tuple[str, ...] = ("eu-ai-act",)
    reports_dir: Path | None = None
    version: str = "0.1.0"
    otlp_grpc: str = "http://127.0.0.1:4317"
    otlp_http: str = "http://127.0.0.1:4318"
    hosts: tuple[str, ...] = ()
