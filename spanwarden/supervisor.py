"""Starts the acceptor and the engine, restarts one that dies, and drains both in order.

    supervisor ── migrates the control plane ──> acceptor (sockets -> spool; small, no engine)
                                            └──> engine   (spool -> ClickHouse; jobs; web)

On Ctrl-C or SIGTERM the acceptor stops first and closes its last segment; then the engine loads what is left.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from collector.ports import reserve
from collector.spool import waiting_segments
from spanwarden.settings import Settings
from spanwarden.signals import held_back
from storage.control.store import migrate_control
from storage.lock import PathLock

logger = logging.getLogger(__name__)

ROLES = ("acceptor", "engine")
DRAIN_SECONDS = {"acceptor": 15.0, "engine": 60.0}
# After so long a run an end is a first failure again.
STEADY_SECONDS = {"acceptor": 2.0, "engine": 15.0}
# Senders wait for the acceptor, which starts cheaply; an engine that cannot start would keep a core busy trying.
LONGEST_PAUSE = {"acceptor": 1.0, "engine": 5.0}
# A child that cannot start for a reason that no restart mends ends with this code (sysexits.h, EX_CONFIG).
CANNOT_START = 78


@dataclass
class Child:
    """One supervised process: when it started and how often it has failed since it last ran steadily."""

    role: str
    environment: Mapping[str, str]
    folder: Path
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    start_again_at: float = 0.0
    exit_code: int | None = field(default=None)

    def start(self, now: float) -> None:
        """Start the role in a session of its own, so that the terminal's Ctrl-C reaches only the supervisor.

        It works in the data directory, since ClickHouse writes its schema cache to where it is, and looks for no
        module there or in the user's own folder (``-P``), where a ``storage.py`` would stand before ours.

        The process is born with SIGTERM held back (``spanwarden.signals``): told to stop while it still starts, it
        drains as soon as it can instead of dying.
        """
        with held_back():
            self.process = subprocess.Popen(  # noqa: S603 (our own module, by name)
                [sys.executable, "-P", "-m", f"spanwarden.{self.role}"],
                env=dict(self.environment),
                cwd=self.folder,
                start_new_session=True,
            )
        self.started = now

    def running(self) -> bool:
        """Whether the process is alive."""
        return self.process is not None and self.process.poll() is None

    def note_exit(self, now: float) -> None:
        """Plan the restart: at once after a steady run, else after a pause that doubles."""
        self.exit_code = self.process.returncode if self.process else None
        self.failures = 1 if now - self.started > STEADY_SECONDS[self.role] else self.failures + 1
        self.start_again_at = now + min(LONGEST_PAUSE[self.role], 0.1 * 2 ** (self.failures - 1))
        self.process = None

    def stop(self, seconds: float) -> int:
        """Ask the process to drain; kill it when it does not within ``seconds``. Returns its exit code."""
        if self.process is None:
            return 0
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            logger.error("%s did not drain within %.0f s and was killed; its spool is kept", self.role, seconds)
            self.process.kill()
            return self.process.wait()


class Supervisor:
    """Runs both roles until it is told to stop."""

    def __init__(self, settings: Settings, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.settings = settings
        self.clock = clock
        environment = {**settings.child_environment(), "SPANWARDEN_SUPERVISOR_PID": str(os.getpid())}
        self.children = {role: Child(role, environment, settings.data_dir) for role in ROLES}
        self.stopping = threading.Event()

    def run(
        self,
        ready: Callable[[], bool] = lambda: True,
        on_ready: Callable[[], None] = lambda: None,
        on_stop: Callable[[], None] = lambda: None,
    ) -> int:
        """Start, watch, drain. Returns 0 after a clean drain, a child's code when it can never start.

        ``on_ready`` is called once, ``on_stop`` before the drain: a sender of ours stops before the door is closed.

        Raises StoreLocked when another supervisor owns the data directory, PortTaken when a port is taken; nothing was
        started then.
        """
        self.settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = PathLock(self.settings.data_dir / "supervisor.lock", f"the data directory {self.settings.data_dir}")
        try:
            self._reserve_ports()
            code = self._run(ready, on_ready)
            on_stop()
            drained = self.drain()
            return drained if code is None else code
        finally:
            lock.release()

    def _run(self, ready: Callable[[], bool], on_ready: Callable[[], None]) -> int | None:
        """Watch until told to stop; returns the code of a child that can never start."""
        migrate_control(self.settings.control)
        for child in self.children.values():
            child.start(self.clock())
        announced = False
        while not self.stopping.wait(0.1):
            if (code := self._watch()) is not None:
                return code
            if not announced and ready():
                announced = True
                on_ready()
        return None

    def stop(self, signal_number: int = 0, frame: FrameType | None = None) -> None:
        """Ask ``run`` to drain and return; fit to be a signal handler."""
        self.stopping.set()

    def drain(self) -> int:
        """Stop the acceptor, then the engine, so that everything acknowledged is loaded."""
        codes = []
        for role in ROLES:
            child = self.children[role]
            if not child.running() and child.exit_code != CANNOT_START and waiting_segments(self.settings.spool_dir):
                # It has just died, or waits to be started again: what is acknowledged is stored all the same.
                child.start(self.clock())
            codes.append(child.stop(DRAIN_SECONDS[role]))
        return 0 if all(code == 0 for code in codes) else 1

    def _reserve_ports(self) -> None:
        settings = self.settings
        reserve(settings.host, settings.grpc_port, "OTLP/gRPC", "grpc_port")
        reserve(settings.host, settings.http_port, "OTLP/HTTP", "http_port")
        reserve(settings.web_host, settings.web_port, "the web", "web_port")

    def _watch(self) -> int | None:
        now = self.clock()
        for child in self.children.values():
            if child.process is None:
                if now >= child.start_again_at:
                    child.start(now)
            elif not child.running():
                child.note_exit(now)
                if child.exit_code == CANNOT_START:
                    return CANNOT_START
                logger.warning("%s ended with code %s and is started again", child.role, child.exit_code)
        return None
