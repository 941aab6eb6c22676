"""Which dialects of spans arrive, and which attributes are not understood."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter

from dashboard.api.asked import Given, List
from dashboard.format import rfc3339
from dashboard.read.unmapped import read_understanding

routes = APIRouter(tags=["dialects"])


@routes.get("/unmapped")
def unmapped(services: Given, asked: List) -> dict[str, Any]:
    """Return dialects by service and scope, and the attributes that none of them knows: names and counts, no values.

    Counts are of the whole UTC days that the window touches.
    """
    found = read_understanding(services.engine, asked.window, asked.scope, services.dialects)
    return {
        "arrivals": [{**asdict(one), "last_at": rfc3339(one.last_at)} for one in found.arrivals[: asked.limit]],
        "unmapped": [{**asdict(one), "last_at": rfc3339(one.last_at)} for one in found.unmapped[: asked.limit]],
    }
