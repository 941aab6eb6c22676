"""The real processes under the supervisor, in a directory of their own, and what the kernel says that they used."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import requests

from spanwarden.notes import ACCEPTOR, read_note
from spanwarden.running import find_engine

TICKS = os.sysconf("SC_CLK_TCK")
READY_SECONDS = 60.0
OFF = """apiVersion: policy/v1
kind: {kind}
metadata: {{id: {id}, version: 1, title: Switched off, owner: bench, severity: note}}
spec: {spec}
"""
# What takes the place of the shipped policies when they are to be off.
NO_POLICIES = {
    "privacy.yaml": OFF.format(kind="privacy", id="privacy.default", spec="{mode: 'off', entities: {email: mask}}"),
    "marking.yaml": OFF.format(
        kind="marking", id="marking.declared", spec="{mode: 'off', models: ['*'], require: declared}"
    ),
}


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU seconds of a process since its start, by the name of its threads too; peak memory in MB."""

    seconds: float
    by_thread: Counter[str]
    peak_mb: float

    def since(self, earlier: Usage) -> Usage:
        """Return what was used after ``earlier``."""
        spent = Counter({name: used - earlier.by_thread[name] for name, used in self.by_thread.items()})
        return Usage(self.seconds - earlier.seconds, spent, self.peak_mb)


def usage(pid: int) -> Usage:
    """Read /proc. Threads that have ended count in ``seconds`` alone."""
    process = Path(f"/proc/{pid}")
    by_thread: Counter[str] = Counter()
    for task in process.glob("task/*/stat"):
        try:
            name, seconds = _stat(task)
        except (FileNotFoundError, ProcessLookupError):
            continue
        by_thread[name] += seconds
    status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines() if ":" in line)
    return Usage(_stat(process / "stat")[1], by_thread, int(status["VmHWM"].split()[0]) / 1024)


def _stat(path: Path) -> tuple[str, float]:
    text = path.read_text()
    name = text[text.index("(") + 1 : text.rindex(")")]
    fields = text[text.rindex(")") + 2 :].split()
    return name, (int(fields[11]) + int(fields[12])) / TICKS


@dataclass
class Service:
    """``spanwarden up`` on free ports. Use as a context; ``folder`` stays until ``remove``."""

    policies: bool = True
    folder: tempfile.TemporaryDirectory[str] = field(
        default_factory=lambda: tempfile.TemporaryDirectory(prefix="spanwarden-bench-")
    )
    process: subprocess.Popen[bytes] | None = None

    @property
    def data_dir(self) -> Path:
        """Where everything is kept."""
        return Path(self.folder.name) / "data"

    def __enter__(self) -> Service:
        given = Path(self.folder.name) / "policies"
        given.mkdir()
        for name, text in {} if self.policies else NO_POLICIES.items():
            (given / name).write_text(text)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SPANWARDEN_")}
        flags = ("--grpc-port=0", "--http-port=0", "--web-port=0", f"--data-dir={self.data_dir}")
        with (Path(self.folder.name) / "log.txt").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "spanwarden", "up", *flags, f"--policies-dir={given}"],
                env={**environment, "SPANWARDEN_CONFIG": os.devnull},
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + READY_SECONDS
        while not self._ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("spanwarden did not start: " + (Path(self.folder.name) / "log.txt").read_text())
            time.sleep(0.1)
        return self

    def __exit__(self, *_: object) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(120)

    def remove(self) -> None:
        """Delete all that was stored."""
        self.folder.cleanup()

    def pids(self) -> dict[str, int]:
        """Return the process of each role."""
        engine = find_engine(self.data_dir)
        assert engine is not None
        return {"acceptor": int(read_note(self.data_dir / ACCEPTOR)["pid"]), "engine": engine.pid}

    def usage(self) -> dict[str, Usage]:
        """Return what each role has used since it started."""
        return {role: usage(pid) for role, pid in self.pids().items()}

    @property
    def grpc_port(self) -> int:
        """Where OTLP/gRPC listens."""
        return int(read_note(self.data_dir / ACCEPTOR)["grpc_port"])

    def stored(self) -> int:
        """Ask the engine how many spans can be queried."""
        engine = find_engine(self.data_dir)
        assert engine is not None
        return int(engine.get("/stats").json()["spans_stored"])

    def waiting(self) -> bool:
        """Whether the spool holds a segment that is not loaded; a look at the disk, which costs the engine nothing."""
        spool = self.data_dir / "spool"
        return any(entry.suffix == ".seg" for name in ("open", "closed") for entry in (spool / name).iterdir())

    def _ready(self) -> bool:
        engine = find_engine(self.data_dir)
        if engine is None:
            return False
        try:
            return requests.get(f"{engine.address}/readyz", timeout=2).ok
        except requests.RequestException:
            return False
