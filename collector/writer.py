"""Writes one open segment. What it says is in the segment is on the disk."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from collector.files import sync_folder, write_all

logger = logging.getLogger(__name__)

# Small records are written together, large ones each for itself, so that no more than one of these is copied at a time.
PIECE_BYTES = 1024 * 1024


class SegmentWriter:
    """An open segment: ``size`` bytes of it are synced; ``digests`` are those of its requests."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.opened = time.monotonic()
        self.size = 0
        self.digests: list[bytes] = []
        self._failed = False
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            # After a power cut a file is there only when its name was synced too.
            sync_folder(path.parent)
        except OSError:
            os.close(self._descriptor)
            raise

    def append(self, records: Iterable[bytes], digests: Iterable[bytes]) -> None:
        """Write and sync a group of records as one. Raises OSError; the segment must then be finished."""
        if self._failed:
            raise OSError(5, "the segment failed before")
        size = 0
        try:
            for piece in _pieces(records):
                write_all(self._descriptor, piece)
                size += len(piece)
            os.fdatasync(self._descriptor)
        except OSError:
            self._failed = True
            raise
        self.size += size
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


def _pieces(records: Iterable[bytes]) -> Iterator[bytes]:
    gathered: list[bytes] = []
    size = 0
    for record in records:
        gathered.append(record)
        size += len(record)
        if size >= PIECE_BYTES:
            yield b"".join(gathered)
            gathered, size = [], 0
    yield b"".join(gathered)
