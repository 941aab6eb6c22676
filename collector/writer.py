"""Writes one open segment. What it says is in the segment is on the disk."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from collector.files import write_all

logger = logging.getLogger(__name__)


class SegmentWriter:
    """An open segment: ``size`` bytes of it are synced; ``digests`` are those of its requests."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.opened = time.monotonic()
        self.size = 0
        self.digests: list[bytes] = []
        self._failed = False
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)

    def append(self, records: Sequence[bytes], digests: Iterable[bytes]) -> None:
        """Write and sync a group of records as one. Raises OSError; the segment must then be finished."""
        if self._failed:
            raise OSError(5, "the segment failed before")
        try:
            write_all(self._descriptor, b"".join(records))
            os.fdatasync(self._descriptor)
        except OSError:
            self._failed = True
            raise
        self.size += sum(map(len, records))
        self.digests.extend(digests)

    def finish(self) -> None:
        """Close the file; cut off what a failed append may have left."""
        try:
            if self._failed:
                os.ftruncate(self._descriptor, self.size)
                os.fsync(self._descriptor)
        except OSError as error:
            # What stays behind the synced part was not acknowledged; its crc decides whether it is read.
            logger.error("segment %s could not be cut: %s", self.path.stem, error.strerror)
        finally:
            os.close(self._descriptor)
