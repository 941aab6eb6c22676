"""Kills the processes of a running Spanwarden, sends to it meanwhile, and counts what its store has."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parents[2]
TOTALS = {
    "otel_traces": "SELECT ServiceName, count() FROM otel_traces GROUP BY 1",
    "llm_calls": "SELECT service, count() FROM llm_calls GROUP BY 1",
    "calls_1m": "SELECT service, sum(calls) FROM calls_1m GROUP BY 1",
    "spans_1m": "SELECT service, sum(spans) FROM spans_1m GROUP BY 1",
}
POINTS = "SELECT Attributes['batch'] AS b, Attributes['n'] AS n, '{kind}' AS kind FROM otel_metrics_{kind}"
KINDS = ("gauge", "sum", "histogram")
# signal -> table or tables -> batch, how many items of it, how many different ones
ITEMS = {
    "traces": {
        "otel_traces": "SELECT TraceId, count(), uniqExact(SpanId) FROM otel_traces GROUP BY 1",
        "llm_calls": "SELECT trace_id, count(), uniqExact(span_id) FROM llm_calls GROUP BY 1",
    },
    "logs": {"otel_logs": "SELECT LogAttributes['batch'], count(), uniqExact(Body) FROM otel_logs GROUP BY 1"},
    "metrics": {
        "otel_metrics_*": "SELECT b, count(), uniqExact(n, kind) FROM ("
        + " UNION ALL ".join(POINTS.format(kind=kind) for kind in KINDS)
        + ") GROUP BY 1"
    },
}


@dataclass(frozen=True, slots=True)
class Batch:
    """How one export of a sender ended."""

    signal: str
    name: str
    items: int
    acked: bool
    at: float
    seconds: float


def supervisor_of(data_dir: Path) -> int:
    """The process id of the supervisor: the acceptor's parent."""
    return _stat(json.loads((data_dir / "acceptor.json").read_text())["pid"])[1]


def children(supervisor: int) -> dict[str, int]:
    """Role -> process id of the supervised processes that are alive."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            state, parent = _stat(int(entry.name))
            command = (entry / "cmdline").read_bytes().decode().split("\0")
        except OSError:
            continue
        if parent == supervisor and state != "Z":
            for role in ("acceptor", "engine"):
                if f"spanwarden.{role}" in command:
                    found[role] = int(entry.name)
    return found


def _stat(pid: int) -> tuple[str, int]:
    state, parent = (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[:2]
    return state, int(parent)


def kill(supervisor: int, role: str, patience: float = 20.0) -> float:
    """Send SIGKILL to a role's process as soon as it is there; return when."""
    until = time.monotonic() + patience
    while (pid := children(supervisor).get(role)) is None:
        assert time.monotonic() < until, f"no {role} was started again"
        time.sleep(0.02)
    os.kill(pid, signal.SIGKILL)
    return time.time()


@contextmanager
def sending(folder: Path, doors: dict[str, str], each: int = 1) -> Iterator[list[Path]]:
    """Run ``each`` senders a door; at the end they finish what is under way. Yields their logs."""
    processes, logs = [], []
    for kind, endpoint in doors.items():
        for number in range(each):
            logs.append(folder / f"{kind}-{number}.log")
            command = [sys.executable, "-m", "tests.integration.kill_sender", kind, endpoint, f"{kind}-{number}"]
            processes.append(subprocess.Popen([*command, str(logs[-1])], cwd=HERE, stdin=subprocess.PIPE))
    try:
        yield logs
    finally:
        for process in processes:
            process.stdin.close()
        codes = [process.wait(60) for process in processes]
    assert codes == [0] * len(processes)


def batches(logs: list[Path]) -> list[Batch]:
    """What the senders wrote down."""
    found = []
    for log in logs:
        for line in log.read_text().splitlines():
            signal, name, items, end, at, seconds = line.split()
            found.append(Batch(signal, name, int(items), end == "acked", float(at), float(seconds)))
    return found


def count_store(data_dir: Path) -> dict[str, Any]:
    """Count what the store of a stopped Spanwarden has, in a process of its own."""
    command = [sys.executable, "-m", "tests.integration.killing", str(data_dir / "chdb")]
    done = subprocess.run(command, cwd=HERE, capture_output=True, check=True, timeout=120)
    return json.loads(done.stdout)


def _main(path: str) -> None:
    from storage.engine import Engine

    engine = Engine.open(f"chdb://{path}")
    counts = {
        "totals": {name: {row[0]: int(row[1]) for row in engine.query(sql).rows} for name, sql in TOTALS.items()},
        "items": {
            signal: {name: {row[0]: list(row[1:]) for row in engine.query(sql).rows} for name, sql in tables.items()}
            for signal, tables in ITEMS.items()
        },
    }
    engine.close()
    sys.stdout.write(json.dumps(counts))


def gaps(random_source: random.Random, kills: int) -> list[tuple[str, float]]:
    """Which role to kill and how long to wait first, ``kills`` times: each role at least a third of them."""
    roles = ["acceptor", "engine"] * (kills // 3) + ["acceptor"] * (kills - 2 * (kills // 3))
    random_source.shuffle(roles)
    # An engine needs some seconds to be back and at work; killed before, it would be killed in nothing but its start.
    return [
        (role, random_source.uniform(0.5, 7.0) if role == "engine" else random_source.uniform(0.1, 2.0))
        for role in roles
    ]


if __name__ == "__main__":
    _main(sys.argv[1])
