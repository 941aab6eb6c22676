"""Runs the engine's periodic work, each job in a thread of its own.

A job that fails is logged and tried again at its next turn, later and later while it keeps failing; it never takes
another job, the loader or the web with it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

logger = logging.getLogger(__name__)

LONGEST_PAUSE_SECONDS = 300.0


@dataclass
class Job:
    """Work done every ``every_seconds``; ``run`` is given aware UTC now."""

    name: str
    every_seconds: float
    run: Callable[[datetime], object]
    failures: int = 0
    last_error: str = ""
    last_seconds: float = 0.0


@dataclass
class Jobs:
    """Starts and stops the jobs of a process."""

    jobs: Sequence[Job]
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """Start a thread a job; the first turn is at once."""
        for job in self.jobs:
            thread = threading.Thread(target=self._loop, args=(job,), name=f"job-{job.name}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self, seconds: float = 10.0) -> None:
        """Let each job finish its turn; leave one that does not within ``seconds`` in all."""
        self._stopping.set()
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _loop(self, job: Job) -> None:
        while True:
            self._turn(job)
            pause = min(LONGEST_PAUSE_SECONDS, job.every_seconds * 2 ** min(job.failures, 10))
            if self._stopping.wait(max(job.every_seconds, pause if job.failures else 0.0)):
                return

    def _turn(self, job: Job) -> None:
        started = time.monotonic()
        try:
            job.run(self.clock())
        except Exception as error:
            job.failures += 1
            # The text of a database error can hold values of rows: only its type is logged.
            job.last_error = type(error).__name__
            logger.error("job %s failed (%d in a row): %s", job.name, job.failures, job.last_error, exc_info=False)
            logger.debug("job %s", job.name, exc_info=True)
        else:
            job.failures = 0
            job.last_error = ""
        job.last_seconds = time.monotonic() - started
