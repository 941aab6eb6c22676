"""Waits until the detectors have said what they have to say of a history that was just loaded."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from spanwarden.running import RunningEngine

SETTLE_SECONDS = 180.0
POLL_SECONDS = 1.0
# The detectors look every ten seconds; what has not changed over two looks is what they say.
STILL_SECONDS = 25.0
AFTER = timedelta(minutes=5)


def settled_incidents(
    engine: RunningEngine, start: datetime, end: datetime, stopping: threading.Event | None = None
) -> list[Mapping[str, Any]]:
    """Return the incidents of ``start`` to ``end`` once they stay the same; what they are when time is up."""
    stopping = stopping or threading.Event()
    window = {"from": start.isoformat(), "to": (end + AFTER).isoformat(), "limit": "500"}
    give_up = time.monotonic() + SETTLE_SECONDS
    last: list[Mapping[str, Any]] = []
    seen: list[object] = []
    since = time.monotonic()
    while time.monotonic() < give_up and not stopping.wait(POLL_SECONDS):
        last = engine.get("/incidents", **window).json()["incidents"]
        now: list[object] = [(one["id"], one["title"], one["ended_at"]) for one in last]
        if now != seen:
            seen, since = now, time.monotonic()
        elif time.monotonic() - since > STILL_SECONDS:
            break
    return last
