"""``/api/v1/incidents``: what went wrong, since when, where, why, and what people said of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel, Field

from dashboard.api.asked import Given, List
from dashboard.read.cursor import Cursor, nanoseconds
from dashboard.read.incidents import IncidentView, incident, incidents, say

routes = APIRouter(tags=["incidents"])
Shape = Mapping[str, Any]


class Said(BaseModel):
    """What a person decides about an incident."""

    state: Literal["open", "acknowledged", "resolved"]
    note: str = Field("", max_length=4000)
    author: str = Field("", max_length=200)


@routes.get("/incidents")
def list_incidents(
    services: Given, asked: List, state: Annotated[str, Query(pattern="^(open|acknowledged|resolved)?$")] = ""
) -> dict[str, Any]:
    """Return the incidents that touch the window, newest first."""
    found = incidents(services.engine, services.control, asked.window, asked.scope.tenant)
    wanted = [one for one in found if not state or one["state"] == state]
    after = [one for one in wanted if not asked.cursor.id or _key(one) < (asked.cursor.ns, asked.cursor.id)]
    page = after[: asked.limit]
    more = Cursor(*_key(page[-1])).token() if len(after) > len(page) else None
    return {"incidents": [one.body for one in page], "next": more}


@routes.get("/incidents/{incident_id}")
def one_incident(services: Given, incident_id: str) -> Shape:
    """Return one incident with its explanation."""
    return _found(incident(services.engine, services.control, incident_id), incident_id).body


@routes.post("/incidents/{incident_id}/state")
def say_of_incident(services: Given, incident_id: str, said: Said) -> Shape:
    """Acknowledge, resolve or reopen an incident, with a note; returns it as it stands then."""
    _found(incident(services.engine, services.control, incident_id), incident_id)
    say(services.control, incident_id, said.state, said.note, said.author, services.clock())
    return one_incident(services, incident_id)


def _key(one: IncidentView) -> tuple[int, str]:
    return nanoseconds(one.started), str(one["id"])


def _found(one: IncidentView | None, incident_id: str) -> IncidentView:
    if one is None:
        raise HTTPException(404, f"there is no incident {incident_id[:64]!r}")
    return one
