"""The real acceptor process alone, as the supervisor starts it, on ports that stay its own over restarts."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import requests
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

METHOD = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
PROTOBUF = {"content-type": "application/x-protobuf"}
PATIENCE = 15.0


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on."""
    with contextlib.ExitStack() as probes:
        sockets = [probes.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


class AcceptorProcess:
    """``python -m spanwarden.acceptor`` on a data directory."""

    def __init__(self, data_dir: Path, **settings: str) -> None:
        self.data_dir = data_dir
        self.grpc_port, self.http_port = free_ports(2)
        own = {
            "DATA_DIR": str(data_dir),
            "GRPC_PORT": str(self.grpc_port),
            "HTTP_PORT": str(self.http_port),
            "SPOOL_MIN_FREE_BYTES": "0",
        }
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("SPANWARDEN_")}
        given = {f"SPANWARDEN_{name.upper()}": value for name, value in {**own, **settings}.items()}
        self.environment = {**inherited, **given}
        self.log = data_dir.parent / "acceptor.log"
        self.process: subprocess.Popen[bytes] | None = None
        data_dir.mkdir(parents=True, exist_ok=True)

    @property
    def spool(self) -> Path:
        """Where it keeps what it has acknowledged."""
        return self.data_dir / "spool"

    @property
    def url(self) -> str:
        """Its OTLP/HTTP address."""
        return f"http://127.0.0.1:{self.http_port}/v1/traces"

    def start(self) -> float:
        """Start it and wait until it answers; return how many seconds that took."""
        before = time.monotonic()
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "spanwarden.acceptor"], env=self.environment, stdout=output, stderr=output
            )
        while True:
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < before + PATIENCE
            with contextlib.suppress(requests.RequestException):
                requests.post(self.url, b"", headers=PROTOBUF, timeout=1)
                return time.monotonic() - before
            time.sleep(0.005)

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """Let it drain; it must end with 0."""
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(PATIENCE) == 0, self.log.read_text()[-2000:]

    def post(self, body: bytes, **headers: str) -> requests.Response:
        """POST a request."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return requests.post(self.url, body, headers={**PROTOBUF, **named}, timeout=30)

    def export(self, body: bytes, **metadata: str) -> ExportTraceServiceResponse:
        """Send a request over gRPC."""
        with grpc.insecure_channel(f"127.0.0.1:{self.grpc_port}") as channel:
            answer = channel.unary_unary(METHOD)(body, timeout=30, metadata=list(metadata.items()))
        return ExportTraceServiceResponse.FromString(answer)

    def counters(self) -> dict[str, Any]:
        """What it says of itself after it has ended or within a second."""
        counters: dict[str, Any] = json.loads((self.data_dir / "acceptor.json").read_text())["counters"]
        return counters

    def peak_bytes(self) -> int:
        """The most memory that it has had so far."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024

    def cpu_seconds(self) -> float:
        """The CPU time that it has used."""
        ticks = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")

    def reset_peak(self) -> None:
        """Measure the most memory from now on."""
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")


@contextlib.contextmanager
def accepting(folder: Path, **settings: str) -> Iterator[AcceptorProcess]:
    """Run an acceptor until the block ends; it must not have died meanwhile, and must drain."""
    acceptor = AcceptorProcess(folder / "data", **settings)
    acceptor.start()
    try:
        yield acceptor
        acceptor.stop()
    finally:
        if acceptor.process.poll() is None:
            acceptor.kill()
