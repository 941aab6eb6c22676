"""Waits for a history that was just sent: until it is stored, and until the detectors have looked at all of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from spanwarden.running import RunningEngine

LOAD_SECONDS, LOOK_SECONDS = 300.0, 300.0
POLL_SECONDS = 0.5
# Spans are counted a moment before their calls are there.
VIEWS = timedelta(seconds=5)


def await_stored(engine: RunningEngine, spans: int, stopping: threading.Event | None = None) -> bool:
    """Wait until so many spans are stored; whether they are, and neither time is up nor ``stopping`` set."""
    return _await(engine, lambda stats: bool(stats["spans_stored"] >= spans), LOAD_SECONDS, stopping)


def await_look(engine: RunningEngine, stopping: threading.Event | None = None) -> bool:
    """Wait for a look of the detectors that begins now or later: what is stored now is then in the incidents."""
    since = datetime.now(UTC) + VIEWS

    def looked(stats: Mapping[str, Any]) -> bool:
        at = stats["looked_at"]
        return at is not None and datetime.fromisoformat(at) >= since

    return _await(engine, looked, LOOK_SECONDS, stopping)


def _await(
    engine: RunningEngine,
    ready: Callable[[Mapping[str, Any]], bool],
    seconds: float,
    stopping: threading.Event | None,
) -> bool:
    stopping = stopping or threading.Event()
    until = time.monotonic() + seconds
    while time.monotonic() < until and not stopping.is_set():
        if ready(engine.get("/stats").json()):
            return True
        stopping.wait(POLL_SECONDS)
    return False
