"""What a whole Spanwarden finds in a demo: both processes, the history sent as OTLP, the answer asked of the API."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from spanwarden.demo.generate import Demo
from spanwarden.demo.send import send_history
from spanwarden.demo.settle import await_look, await_stored
from spanwarden.judge.found import told
from spanwarden.judge.score import Told
from spanwarden.notes import ACCEPTOR, read_note
from spanwarden.running import find_engine
from spanwarden.settings import Settings, load_settings
from spanwarden.supervisor import Supervisor

READY_SECONDS = 60.0
POLL_SECONDS = 0.5
AFTER = timedelta(minutes=5)

T = TypeVar("T")


def through_the_door(demo: Demo) -> list[Told]:
    """Start acceptor and engine on a folder of their own, send the demo, return the incidents that the API names."""
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(data_dir=Path(folder), grpc_port=0, http_port=0, web_port=0)
        supervisor = Supervisor(settings)
        thread = threading.Thread(target=supervisor.run, daemon=True)
        thread.start()
        try:
            port = _wait(lambda: _grpc_port(settings), READY_SECONDS, "the acceptor did not start")
            engine = _wait(lambda: find_engine(settings.data_dir), READY_SECONDS, "the engine did not start")
            send_history(demo, f"{settings.host}:{port}")
            if not await_stored(engine, len(demo.calls)):
                raise TimeoutError("the history was not loaded in time")
            if not await_look(engine):
                raise TimeoutError("the detectors did not look in time")
            window = {"from": demo.start.isoformat(), "to": (demo.end + AFTER).isoformat(), "limit": "500"}
            return told(engine.get("/incidents", **window).json()["incidents"], demo.end)
        finally:
            supervisor.stop()
            thread.join(90.0)


def _grpc_port(settings: Settings) -> int | None:
    note = read_note(settings.data_dir / ACCEPTOR)
    return int(note["grpc_port"]) if note.get("accepting") else None


def _wait(ask: Callable[[], T | None], seconds: float, otherwise: str) -> T:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if answer := ask():
            return answer
        time.sleep(POLL_SECONDS)
    raise TimeoutError(otherwise)
