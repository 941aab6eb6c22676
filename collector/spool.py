"""Makes requests durable before they are acknowledged.

    append ──> queue ──> writer thread: all that wait -> one write and fdatasync a signal -> their futures
                                   └── the segment is full or one second old -> digests synced -> closed/<id>.seg

A segment holds one signal, which its name tells: each is laid out by a statement of its own.
A segment in ``open`` belongs to the writer; one in ``closed`` to the loader, in whatever process that is. After a
failed write or sync the segment is never written to again: its synced part is kept, what failed is not acknowledged.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from collector.errors import Unavailable
from collector.files import make_private, sync_folder
from collector.recover import recover
from collector.resend import Resends, digest_of
from collector.segment import SUFFIX, encode_record, now_ns, segment_id
from collector.signal import TRACES, Signal
from collector.writer import SegmentWriter
from storage.lock import PathLock

logger = logging.getLogger(__name__)

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class SpoolConfig:
    """Bytes, and seconds for an age. A segment closes at ``segment_bytes`` or ``segment_seconds``."""

    segment_bytes: int = 64 * MIB
    segment_seconds: float = 1.0
    max_bytes: int = 20 * 1024 * MIB
    min_free_bytes: int = 1024 * MIB
    waiting_bytes: int = 128 * MIB


@dataclass(slots=True)
class Waiting:
    """A request that its sender waits for."""

    signal: Signal
    tenant: str
    request: bytes
    items: int
    received_unix_nano: int
    future: Future[bool]
    is_new: bool = False


class Spool:
    """Owns ``<folder>/open``; safe to append to from any thread. Raises StoreLocked when another process does."""

    def __init__(self, folder: Path, config: SpoolConfig | None = None) -> None:
        self.folder = folder
        self.config = config or SpoolConfig()
        for place in (folder, folder / "open", folder / "closed", folder / "quarantine"):
            make_private(place)
        # A second owner would take our open segment for one that a crash has left.
        self._lock = PathLock(folder / "spool.lock", f"the spool {folder}")
        self.resends = Resends(folder / "digests")
        self.resent = 0
        recover(folder, self.resends)
        self._queue: queue.SimpleQueue[Waiting | None] = queue.SimpleQueue()
        self._waiting_bytes = 0
        self._guard = threading.Lock()
        self._closed = False
        self._seq = now_ns()
        self._segments: dict[Signal, SegmentWriter] = {}
        self._unclosed: list[SegmentWriter] = []
        self._measured = 0.0
        self._refusal: str | None = None
        self._measure()
        self._thread = threading.Thread(target=self._write, name="spool", daemon=True)
        self._thread.start()

    def append(self, tenant: str, request: bytes, items: int, signal: Signal = TRACES) -> Future[bool]:
        """Queue a request; the future resolves once it is on the disk: with False when it was there already.

        Raises Unavailable, and so may the future, when the request was not stored and may be sent again.
        """
        with self._guard:
            if self._closed:
                raise Unavailable("shutting down; send again", reason="closing")
            if self._refusal:
                raise Unavailable(self._refusal, reason="spool_full")
            if self._waiting_bytes and self._waiting_bytes + len(request) > self.config.waiting_bytes:
                raise Unavailable("the disk does not keep up; send again", reason="busy")
            self._waiting_bytes += len(request)
            waiting = Waiting(signal, tenant, request, items, now_ns(), Future())
            # From here on it cannot be cancelled: the writer would stumble over it.
            waiting.future.set_running_or_notify_cancel()
            self._queue.put(waiting)
        return waiting.future

    def close(self) -> None:
        """Write what waits, close the segment and stop; safe to call twice."""
        with self._guard:
            if self._closed:
                return
            self._closed = True
            self._queue.put(None)
        self._thread.join()
        self._lock.release()

    def _write(self) -> None:
        going = True
        while going:
            group, going = self._next_group()
            for signal in dict.fromkeys(waiting.signal for waiting in group):
                self._store(signal, [waiting for waiting in group if waiting.signal is signal])
            for signal, segment in list(self._segments.items()):
                if (
                    not going
                    or segment.size >= self.config.segment_bytes
                    or self._due(signal, segment) <= time.monotonic()
                ):
                    self._close_segment(signal)
            self._measure()

    def _next_group(self) -> tuple[list[Waiting], bool]:
        """Return all that wait; wait for the first until an open segment comes of age."""
        group: list[Waiting] = []
        pause = 0.5
        if self._segments:
            first_due = min(self._due(signal, segment) for signal, segment in self._segments.items())
            pause = max(0.0, first_due - time.monotonic())
        try:
            first = self._queue.get(timeout=pause)
            while first is not None:
                group.append(first)
                first = self._queue.get_nowait()
        except queue.Empty:
            return group, True
        return group, False

    def _store(self, signal: Signal, group: list[Waiting]) -> None:
        fresh: list[Waiting] = []
        digests: dict[bytes, None] = {}
        for waiting in group:
            digest = digest_of(signal, waiting.tenant, waiting.request)
            if digest in self.resends or digest in digests:
                self.resent += 1
            else:
                waiting.is_new = True
                digests[digest] = None
                fresh.append(waiting)
        try:
            if fresh:
                segment = self._open_segment(signal)
                segment.append((self._encode(waiting) for waiting in fresh), digests)
                self.resends.add(digests)
        except OSError as error:
            self._fail(signal, group, error)
        else:
            for waiting in group:
                waiting.future.set_result(waiting.is_new)
        with self._guard:
            self._waiting_bytes -= sum(len(waiting.request) for waiting in group)

    def _encode(self, waiting: Waiting) -> bytes:
        self._seq = max(self._seq + 1, waiting.received_unix_nano)
        return encode_record(self._seq, waiting.tenant, waiting.received_unix_nano, waiting.items, waiting.request)

    def _fail(self, signal: Signal, group: list[Waiting], error: OSError) -> None:
        logger.error("the spool cannot be written: %s; senders are told to try again", error.strerror)
        refusal = Unavailable(f"the disk refused the data ({error.strerror}); send again", reason="disk")
        for waiting in group:
            waiting.future.set_exception(refusal)
        self._close_segment(signal)

    def _open_segment(self, signal: Signal) -> SegmentWriter:
        segment = self._segments.get(signal)
        if segment is None:
            segment = SegmentWriter(self.folder / "open" / f"{segment_id(now_ns())}{signal.mark}{SUFFIX}")
            self._segments[signal] = segment
        return segment

    def _due(self, signal: Signal, segment: SegmentWriter) -> float:
        """Return when the segment is old enough to be closed, on the monotonic clock."""
        return segment.opened + signal.ages * self.config.segment_seconds

    def _close_segment(self, signal: Signal) -> None:
        """Finish the signal's segment and hand it to the loader; what cannot be handed over now is tried again soon."""
        segment = self._segments.pop(signal, None)
        if segment is not None:
            segment.finish()
            self._unclosed.append(segment)
        self._hand_over_all()

    def _hand_over_all(self) -> None:
        still: list[SegmentWriter] = []
        for segment in self._unclosed:
            try:
                self._hand_over(segment)
            except OSError as error:
                logger.error("segment %s cannot be closed yet: %s", segment.path.stem, error.strerror)
                still.append(segment)
        self._unclosed = still

    def _hand_over(self, segment: SegmentWriter) -> None:
        if not segment.size:
            segment.path.unlink(missing_ok=True)
            return
        if segment.path.exists():  # an earlier attempt may have got as far as the sync
            self.resends.keep(segment.path.stem, segment.digests)
            os.replace(segment.path, self.folder / "closed" / segment.path.name)
        sync_folder(self.folder / "closed")

    def _measure(self) -> None:
        """See twice a second whether there is room; the loader empties the folder from another process."""
        now = time.monotonic()
        if now - self._measured < 0.5:
            return
        self._measured = now
        if self._unclosed:
            self._hand_over_all()
        try:
            used = sum(_bytes_in(self.folder / name) for name in ("open", "closed"))
            disk = os.statvfs(self.folder)
        except OSError as error:
            self._refusal = f"the spool cannot be read ({error.strerror}); send again"
            return
        if used >= self.config.max_bytes:
            self._refusal = f"the spool holds {used // MIB} MiB that are not loaded yet; send again"
        elif disk.f_bavail * disk.f_frsize < self.config.min_free_bytes:
            self._refusal = f"the disk has less than {self.config.min_free_bytes // MIB} MiB left; send again"
        else:
            self._refusal = None


def waiting_segments(folder: Path) -> int:
    """Return how many segments of the spool at ``folder`` are not loaded yet, open ones too."""
    return sum(1 for name in ("open", "closed") for _ in (folder / name).glob(f"*{SUFFIX}"))


def _bytes_in(folder: Path) -> int:
    """Bytes of a folder's segments. One that the loader removes meanwhile counts nothing."""
    used = 0
    with os.scandir(folder) as entries:
        for entry in entries:
            with contextlib.suppress(FileNotFoundError):
                used += entry.stat().st_size
    return used
