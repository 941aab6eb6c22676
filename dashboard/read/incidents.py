"""Incidents as telemetry says them, with what people said of them since."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from dashboard.address import Window
from dashboard.format import rfc3339
from dashboard.read.sql import sql
from storage.control.models import IncidentState
from storage.control.store import Control
from storage.engine import Engine

STATES = ("open", "acknowledged", "resolved")


@dataclass(frozen=True, slots=True)
class Note:
    """What a person said of an incident, when."""

    state: str
    note: str
    author: str
    at: datetime


@dataclass(frozen=True, slots=True)
class IncidentView:
    """An incident in the API's shape (``body``), with the state that holds now and its notes, oldest first."""

    body: Mapping[str, Any]
    notes: Sequence[Note]

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401 (JSON)
        return self.body[key]

    @property
    def started(self) -> datetime:
        """When it began, aware UTC."""
        return datetime.fromisoformat(self.body["started_at"])

    @property
    def ended(self) -> datetime | None:
        """When it was over; None while it goes on."""
        return datetime.fromisoformat(self.body["ended_at"]) if self.body["ended_at"] else None

    @property
    def open(self) -> bool:
        """Whether nobody has acknowledged it and it is not over."""
        return bool(self.body["state"] == "open")


def incidents(engine: Engine, control: Control, window: Window, tenant: str = "") -> list[IncidentView]:
    """Return the incidents that touch the window, newest first."""
    bounds = {"start": window.start, "end": window.end, "tenant": tenant}
    rows = engine.query(sql("incidents"), bounds).dicts()
    notes = _notes(control, [row["id"] for row in rows])
    return [_view(row, notes.get(row["id"], ())) for row in rows]


def incident(engine: Engine, control: Control, incident_id: str) -> IncidentView | None:
    """Return one incident, or None when there is none of that id."""
    rows = engine.query(sql("incident"), {"id": incident_id}).dicts()
    return _view(rows[0], _notes(control, [incident_id]).get(incident_id, ())) if rows else None


def say(control: Control, incident_id: str, state: str, note: str, author: str, now: datetime) -> None:
    """Write down what a person decided about an incident. Raises ValueError for a state that is none."""
    if state not in STATES:
        raise ValueError(f"state is one of {', '.join(STATES)}, not {state[:20]!r}")
    with control.begin() as session:
        session.add(IncidentState(incident_id=incident_id, state=state, note=note[:4000], author=author[:200], at=now))


def _notes(control: Control, ids: Sequence[str]) -> dict[str, list[Note]]:
    found: dict[str, list[Note]] = {}
    if not ids:
        return found
    with control.session() as session:
        query = select(IncidentState).where(IncidentState.incident_id.in_(ids)).order_by(IncidentState.id)
        for row in session.scalars(query):
            found.setdefault(row.incident_id, []).append(Note(row.state, row.note, row.author, row.at))
    return found


def _view(row: Mapping[str, Any], notes: Sequence[Note]) -> IncidentView:
    body = {**_EMPTY, **_parsed(row["body"])}
    for key in ("id", "severity", "signal", "title"):
        body[key] = row[key]
    body["scope"] = dict(row["scope"])
    for key in ("started_at", "detected_at", "peak_at", "ended_at"):
        body[key] = rfc3339(row[key])
    body["state"] = _state(row["state"], notes)
    return IncidentView(body, notes)


def _state(told: str, notes: Sequence[Note]) -> str:
    """What is over is resolved; until then the last person's word holds."""
    if told == "resolved" or not notes:
        return told
    return notes[-1].state


def _parsed(text: str) -> dict[str, Any]:
    try:
        body = json.loads(text)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


_EMPTY: Mapping[str, Any] = {
    "observed": None,
    "expected": None,
    "ratio": None,
    "unit": "",
    "affected": {"calls": 0, "traces": 0, "users": 0, "sessions": 0},
    "causes": [],
    "unexplained_share": None,
    "exemplars": {"bad": [], "good": []},
    "finding_ids": [],
}
