"""Looks at this installation for a report: doors, folders, counters, and what people said of incidents."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import func, select

from policies.bundle import PolicySet
from policies.reports.circumstances import Circumstances, Place
from policies.reports.model import Period
from spanwarden.notes import ACCEPTOR, read_note
from spanwarden.settings import Settings, is_loopback
from storage.control.models import IncidentState, PolicyVersion
from storage.control.store import Control
from storage.engine import Engine


def look(engine: Engine, control: Control, policies: PolicySet, settings: Settings, period: Period) -> Circumstances:
    """Return what holds now; nothing is changed."""
    quarantined, in_period = _quarantined(settings.spool_dir / "quarantine", period)
    counted = read_note(settings.data_dir / ACCEPTOR).get("counters", {}).get("spans")
    return Circumstances(
        release=version("spanwarden"),
        policy_digest=policies.digest,
        store="chDB, embedded" if engine.embedded else "ClickHouse server",
        otlp_host=settings.host,
        otlp_loopback=is_loopback(settings.host),
        web_host=settings.web_host,
        web_loopback=is_loopback(settings.web_host),
        tokens=len(settings.ingest_tokens),
        places=tuple(_places(settings)),
        acknowledged=counted if isinstance(counted, int) else None,
        waiting=len(list((settings.spool_dir / "closed").glob("*.seg"))) if settings.spool_dir.exists() else None,
        quarantined=quarantined,
        quarantined_in_period=in_period,
        first_start=_first_start(control),
        handled=_handled(control),
    )


def _places(settings: Settings) -> Iterator[Place]:
    """Yield what must be closed: the data folder, and below it what holds unredacted text and keys."""
    for name, path in (("data", settings.data_dir), ("spool", settings.spool_dir), ("secrets", settings.secrets_dir)):
        yield Place(name, path.stat().st_mode & 0o777 if path.exists() else None)
    for path in sorted(settings.secrets_dir.glob("*")) if settings.secrets_dir.exists() else ():
        if not path.name.endswith(".pub.txt"):
            yield Place(f"secrets/{path.name}", path.stat().st_mode & 0o777)


def _quarantined(folder: Path, period: Period) -> tuple[dict[str, int], int]:
    """Return reason -> spans set aside up to now, and how many of them in the period."""
    reasons: dict[str, int] = {}
    within = 0
    for path in sorted(folder.glob("*.json")) if folder.exists() else ():
        try:
            note = json.loads(path.read_bytes())
            reason, spans, at = str(note["reason"]), max(1, int(note["spans"])), path.stat().st_mtime
        except (OSError, ValueError, KeyError, TypeError):
            reason, spans, at = "its note cannot be read", 1, period.as_of.timestamp()
        reasons[reason] = reasons.get(reason, 0) + spans
        within += spans if period.start <= datetime.fromtimestamp(at, UTC) < period.end else 0
    return reasons, within


def _first_start(control: Control) -> datetime | None:
    with control.session() as session:
        return session.scalar(select(func.min(PolicyVersion.loaded_at)))


def _handled(control: Control) -> dict[str, tuple[str, datetime]]:
    with control.session() as session:
        rows = session.scalars(select(IncidentState).order_by(IncidentState.at, IncidentState.id))
        return {row.incident_id: (row.state, row.at) for row in rows}
