"""The signals that ask a process to stop, held back until it can act on them.

A process that is told to stop while it still imports would die where it stands. So the supervisor starts it with
SIGTERM held back, which a new process inherits, and the process lets it through once its handlers are there.
"""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator

STOP = (signal.SIGTERM, signal.SIGINT)


@contextlib.contextmanager
def held_back() -> Iterator[None]:
    """Start processes within this block with SIGTERM held back."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def let_through() -> None:
    """Take what was held back; called by the main thread once its handlers are set."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP)
