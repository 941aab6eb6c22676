"""The lock that keeps one process on one folder: an embedded store, a spool.

chDB lets one process open a path; a second one fails with an error that names neither the owner nor the remedy.
Our own lock is taken first, so the second process hears who owns the folder and what to do.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from storage.errors import StoreLocked


class PathLock:
    """An exclusive ``flock`` on ``path``, a file of its own that holds the owner's process id as text."""

    def __init__(self, path: Path, held: str) -> None:
        """Take it; ``held`` names what it guards. Raises StoreLocked with the owner and the remedy."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = path
        self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.pread(self._descriptor, 32, 0).decode("ascii", "replace").strip() or "unknown"
            os.close(self._descriptor)
            raise StoreLocked(
                f"{held} is open in process {owner}. Use its web address or HTTP API,"
                " stop that process, or choose another data directory"
            ) from None
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, str(os.getpid()).encode(), 0)

    @classmethod
    def of_store(cls, store: Path) -> PathLock:
        """Take the lock of an embedded store; it lies beside the store's folder."""
        return cls(store.parent / "engine.lock", f"the store {store}")

    def release(self) -> None:
        """Give the folder free. The file stays: removing it would let two owners hold two files."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
