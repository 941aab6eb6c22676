"""Ends a child process whose supervisor has died, so that no port and no store stays taken."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

POLL_SECONDS = 0.5


def watch_supervisor(pid: int | None, stop: Callable[[], None]) -> None:
    """Call ``stop`` from a thread once ``pid`` is no longer our parent; None means nobody supervises us."""
    if pid is None:
        return

    def poll() -> None:
        while os.getppid() == pid:
            pause.wait(POLL_SECONDS)
        stop()

    pause = threading.Event()
    threading.Thread(target=poll, name="orphan-watch", daemon=True).start()
