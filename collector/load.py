"""Turns closed segments into rows, each exactly once.

    closed/<id>.seg ─> plan (journal, synced) ─> INSERT with its token ─> count equals? ─> inspect ─> remove
           │                                        │ refused: halve, at last quarantine one record
           └ damaged bytes set aside                └ unavailable: wait longer and longer, run the same again

A crash at any arrow leaves the segment and its plan; the next run repeats the planned statement, whose token makes the
store drop what it has already. Two threads work on different segments when more than one waits. Each signal has a
store of its own; what becomes of a segment is the same for all.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from collector.files import sync_folder
from collector.journal import Journal, Planned
from collector.poison import Poison
from collector.progress import LoaderStats, Progress
from collector.recover import keep_sound_records
from collector.segment import SUFFIX, Reading
from collector.signal import TRACES, Signal, signal_of
from storage.errors import SCHEMA_CODES, StoreRejected, StoreUnavailable
from storage.statement import Statement

logger = logging.getLogger(__name__)


class SegmentStore(Protocol):
    """What the loader asks of the store of one signal."""

    def statement(self, path: Path, batch_id: str, token: str) -> Statement:
        """Return the INSERT of the segment at ``path``."""

    def execute(self, statement: Statement) -> None:
        """Run it; raises StoreUnavailable or StoreRejected."""

    def count(self, batch_id: str) -> int:
        """Return how many rows of the batch are stored, in all tables that its signal has."""


class Inspector(Protocol):
    """Sees a loaded segment of traces before it is removed, while the original text and token ids are still there."""

    def inspect(self, path: Path, batch_id: str) -> None:
        """Store verdicts on the segment's spans; repeating it changes nothing."""


@dataclass(frozen=True, slots=True)
class LoaderConfig:
    """``threads`` work at once; ``poll_seconds`` is how soon a closed segment is noticed."""

    threads: int = 2
    poll_seconds: float = 0.05
    first_pause_seconds: float = 0.2
    longest_pause_seconds: float = 30.0
    inspect_attempts: int = 3


class Loader:
    """Works through ``<spool>/closed``, the oldest first."""

    def __init__(
        self,
        spool: Path,
        stores: Mapping[Signal, SegmentStore],
        inspector: Inspector | None = None,
        config: LoaderConfig | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.spool = spool
        self.stores = stores
        self.inspector = inspector
        self.config = config or LoaderConfig()
        self.poison = Poison(spool)
        self.journal = Journal(spool / "journal")
        self.progress = Progress(spool, clock)
        self._taken: set[str] = set()
        self._not_before: dict[str, float] = {}
        self._failures: dict[str, int] = {}
        self._guard = threading.Lock()
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Finish what a crash interrupted, then load until stopped."""
        self.poison.resume()
        self.journal.sweep(self.poison.closed)
        for number in range(self.config.threads):
            thread = threading.Thread(target=self._work, name=f"load-{number}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def drain(self, seconds: float) -> bool:
        """Load what is closed, then stop; whether nothing was left when ``seconds`` had passed."""
        deadline = time.monotonic() + seconds
        while (left := self._left()) and time.monotonic() < deadline:
            time.sleep(self.config.poll_seconds)
        self.stop()
        return not left

    def stop(self) -> None:
        """Stop after the segments under way."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()
        self._threads.clear()

    def stats(self) -> LoaderStats:
        """Return the counters and the age of what waits."""
        return self.progress.stats(running=bool(self._threads) and not self._stopping.is_set())

    def load_one(self, path: Path) -> None:
        """Bring one segment to its end. Raises StoreUnavailable when it must be tried again."""
        segment, signal = path.stem, signal_of(path)
        if signal is None or signal not in self.stores:
            raise StoreUnavailable("no store takes a segment of this signal; it is kept", None)
        store = self.stores[signal]
        reading = keep_sound_records(path, self.spool / "quarantine")
        if not reading.records:
            self._remove(path)
            return
        # After a crash the table may have the rows and a view may not: the same statement is always run again, and
        # its token makes whatever is there already stay as it is.
        planned = self.journal.read(segment) or self.journal.plan(
            segment, store.statement(path, segment, segment), reading.items
        )
        if not self._insert(store, path, planned):
            return
        self.progress.loaded(signal, reading)
        if signal is TRACES:
            self._inspect(path, reading)
        self._remove(path)

    def _insert(self, store: SegmentStore, path: Path, planned: Planned) -> bool:
        """Run the plan and compare the counts; whether the segment is stored whole."""
        try:
            store.execute(planned.at(path))
        except StoreRejected as error:
            return self._refused(store, path, error)
        stored = store.count(path.stem)
        if stored != planned.rows:
            raise StoreUnavailable(f"{stored} of {planned.rows} rows are stored; the segment is kept", None)
        return True

    def _refused(self, store: SegmentStore, path: Path, error: StoreRejected) -> bool:
        if error.code in SCHEMA_CODES:
            raise StoreUnavailable("the store's schema is not what it should be", error.code)
        # Part of it may be stored (a view failed after the table): halving would then store that part twice.
        if store.count(path.stem):
            raise StoreUnavailable(f"the store took a part only (code {error.code}); the segment is kept", error.code)
        self.journal.forget(path.stem)
        # The text of the error can quote a span, so only its number is kept.
        self.progress.quarantined += self.poison.separate(path, f"the store refused it with code {error.code}")
        return False

    def _inspect(self, path: Path, reading: Reading) -> None:
        if self.inspector is None:
            return
        for attempt in range(self.config.inspect_attempts):
            try:
                self.inspector.inspect(path, path.stem)
            except Exception as error:  # noqa: BLE001 (a verdict must not hold up the data)
                logger.warning("segment %s: inspection failed (%s)", path.stem, type(error).__name__)
                self._stopping.wait(self.config.first_pause_seconds * 2**attempt)
            else:
                return
        self.progress.not_inspected += reading.items

    def _remove(self, path: Path) -> None:
        """Remove the segment, then its plan: a plan alone is harmless, a segment alone would be loaded again."""
        path.unlink()
        sync_folder(path.parent)
        self.journal.forget(path.stem)

    def _work(self) -> None:
        while not self._stopping.is_set():
            path = self._take()
            if path is None:
                self._stopping.wait(self.config.poll_seconds)
                continue
            try:
                self.load_one(path)
                self._failures.pop(path.stem, None)
            except Exception as error:  # noqa: BLE001 (whatever it is, the thread must live and the segment be kept)
                self._put_off(path, error)
            finally:
                with self._guard:
                    self._taken.discard(path.stem)

    def _take(self) -> Path | None:
        now = time.monotonic()
        with self._guard:
            for name in sorted(entry.name for entry in self.poison.closed.iterdir() if entry.suffix == SUFFIX):
                segment = name.removesuffix(SUFFIX)
                if segment not in self._taken and self._not_before.get(segment, 0.0) <= now:
                    self._taken.add(segment)
                    return self.poison.closed / name
        return None

    def _put_off(self, path: Path, error: Exception) -> None:
        failures = self._failures[path.stem] = self._failures.get(path.stem, 0) + 1
        pause = min(self.config.longest_pause_seconds, self.config.first_pause_seconds * 2 ** (failures - 1))
        code = getattr(error, "code", None) or type(error).__name__
        logger.warning("segment %s is kept and tried again in %.1f s (%s)", path.stem, pause, code)
        self.progress.failing = str(code)
        self._not_before[path.stem] = time.monotonic() + pause

    def _left(self) -> bool:
        with self._guard:
            # A segment that is being halved is in no folder for a moment.
            return bool(self._taken) or any(entry.suffix == SUFFIX for entry in self.poison.closed.iterdir())
