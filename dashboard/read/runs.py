"""Runs of reports, and the files each left."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select

from dashboard.format import rfc3339
from storage.control.models import ReportRun
from storage.control.store import Control

NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,120}$")
SERVED = {".html": "text/html; charset=utf-8", ".json": "application/json", ".txt": "text/plain; charset=utf-8"}


def runs(control: Control, limit: int = 200) -> list[ReportRun]:
    """Return the newest runs, newest first."""
    with control.session() as session:
        return list(session.scalars(select(ReportRun).order_by(ReportRun.started_at.desc()).limit(limit)))


def run(control: Control, run_id: str) -> ReportRun | None:
    """Return one run, or None."""
    with control.session() as session:
        return session.get(ReportRun, run_id)


def shape(one: ReportRun, base: Path | None) -> Mapping[str, Any]:
    """Return a run as the API says it."""
    return {
        "id": one.id,
        "report": one.report,
        "schedule": one.schedule,
        "window_from": rfc3339(one.window_from),
        "window_to": rfc3339(one.window_to),
        "due_at": rfc3339(one.due_at),
        "started_at": rfc3339(one.started_at),
        "finished_at": rfc3339(one.finished_at),
        "status": one.status,
        "digest": one.digest,
        "error": one.error,
        "files": [path.name for path in run_files(one, base)],
    }


def run_files(one: ReportRun, base: Path | None) -> Sequence[Path]:
    """Return the files of a run that may be served: below ``base`` and of a kind we serve."""
    if not one.path or base is None:
        return ()
    place = Path(one.path)
    place = (place if place.is_absolute() else base / place).resolve()
    folder = place if place.is_dir() else place.parent
    root = base.resolve()
    if not folder.is_relative_to(root) or folder == root:
        return ()
    if not folder.is_dir():
        return ()
    return sorted(path for path in folder.iterdir() if path.is_file() and path.suffix in SERVED)


def run_file(one: ReportRun, base: Path | None, name: str) -> Path | None:
    """Return one file of a run by its name, or None when it is not one of the run's."""
    if not NAME.match(name):
        return None
    return next((path for path in run_files(one, base) if path.name == name), None)
