"""The lock that keeps one process on one embedded store.

chDB lets one process open a path; a second one fails with an error that names neither the owner nor the remedy.
Our own lock is taken first, so the second process hears who owns the store and what to do.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from storage.errors import StoreLocked


class PathLock:
    """An exclusive ``flock`` on ``<path>/../engine.lock`` that holds the owner's process id as text."""

    def __init__(self, store: Path) -> None:
        store.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = store.parent / "engine.lock"
        self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.pread(self._descriptor, 32, 0).decode("ascii", "replace").strip() or "unknown"
            os.close(self._descriptor)
            raise StoreLocked(
                f"the store {store} is open in process {owner}. Use its web address or HTTP API,"
                " stop that process, or choose another data directory"
            ) from None
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, str(os.getpid()).encode(), 0)

    def release(self) -> None:
        """Give the store free. The file stays: removing it would let two owners hold two files."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
