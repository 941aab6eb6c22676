"""Remembers which requests are already spooled, so that one resent after a lost reply is acknowledged, not stored.

A client that did not hear our answer sends the same bytes again. Digests are kept for ten minutes: in memory, and in a
file a segment that is synced before the segment closes. What an open segment holds is hashed again after a crash. So a
digest is known exactly when its request is on the disk.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from pathlib import Path

from collector.files import make_private, write_synced
from collector.signal import Signal

KEEP_SECONDS = 600.0
DIGEST_BYTES = 32
SUFFIX = ".digests"


def digest_of(signal: Signal, tenant: str, request: bytes) -> bytes:
    """Return the SHA-256 that a resent request is recognised by: that of its signal, its tenant and its bytes."""
    return hashlib.sha256(f"{tenant}\0{signal.mark}".encode() + request).digest()


class Resends:
    """The digests of the last ten minutes; used by the spool's writer alone."""

    def __init__(self, folder: Path, *, most: int = 500_000, clock: Callable[[], float] = time.time) -> None:
        self.folder = folder
        self.most = most
        self.clock = clock
        self._seen: OrderedDict[bytes, float] = OrderedDict()
        make_private(folder)
        self._load()

    def __contains__(self, digest: bytes) -> bool:
        return digest in self._seen

    def add(self, digests: Iterable[bytes]) -> None:
        """Remember requests that are on the disk now."""
        now = self.clock()
        for digest in digests:
            self._seen[digest] = now
        self._forget(now)

    def keep(self, segment: str, digests: Iterable[bytes]) -> None:
        """Write a segment's digests to the disk; called before the segment closes. Raises OSError."""
        write_synced(self.folder / f"{segment}{SUFFIX}", b"".join(digests))
        self._sweep()

    def _forget(self, now: float) -> None:
        while self._seen and (len(self._seen) > self.most or now - next(iter(self._seen.values())) > KEEP_SECONDS):
            self._seen.popitem(last=False)

    def _load(self) -> None:
        self._sweep()
        for path in sorted(self.folder.glob(f"*{SUFFIX}"), key=lambda path: path.stat().st_mtime):
            data, at = path.read_bytes(), path.stat().st_mtime
            for start in range(0, len(data) - DIGEST_BYTES + 1, DIGEST_BYTES):
                self._seen[data[start : start + DIGEST_BYTES]] = at

    def _sweep(self) -> None:
        oldest = self.clock() - KEEP_SECONDS
        for path in self.folder.iterdir():
            if path.stat().st_mtime < oldest:
                os.unlink(path)
