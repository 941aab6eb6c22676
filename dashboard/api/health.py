"""Is it alive, is it ready, how much went through: for probes, scripts and the page's own pulse."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from dashboard.api.asked import Given
from dashboard.read.pulse import human_pulse, pulse

probes = APIRouter(include_in_schema=False)
routes = APIRouter(tags=["health"])


@probes.get("/healthz")
async def healthz() -> dict[str, str]:
    """Say that the process answers."""
    return {"status": "ok"}


@probes.get("/readyz")
def readyz(services: Given) -> Response:
    """Say whether spans are accepted and loaded; 503 until both are."""
    ready = services.ready()
    return JSONResponse({"ready": ready.ok, "parts": dict(ready.parts)}, 200 if ready.ok else 503)


@routes.get("/stats")
def stats(services: Given) -> dict[str, Any]:
    """Return what was acknowledged, stored, refused, quarantined and redacted, and how fresh it is."""
    return dict(services.stats())


@routes.get("/pulse", include_in_schema=False)
def beat(services: Given) -> dict[str, str]:
    """Return two texts that change when a page would show something new: by telemetry, by people and schedules."""
    return {"spans": pulse(services.engine, services.clock()), "people": human_pulse(services.control)}
