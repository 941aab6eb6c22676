"""Both transports on one event loop, before one spool."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import uvicorn
from grpc import aio

from collector.auth import Tokens
from collector.errors import PortTaken
from collector.grpc_server import make_grpc_server
from collector.http_server import OtlpHttp
from collector.limits import Budget, Limits
from collector.ports import reserve
from collector.receive import Counters, Durable, Receiver


@dataclass(frozen=True, slots=True)
class AcceptorConfig:
    """Where to listen; port 0 is any free port. ``tokens`` is tenant -> secret, empty for no authentication."""

    host: str = "127.0.0.1"
    grpc_port: int = 4317
    http_port: int = 4318
    tokens: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)


class Acceptor:
    """Receives OTLP until it is stopped. ``grpc_port`` and ``http_port`` are known once it has started."""

    def __init__(self, config: AcceptorConfig, spool: Durable) -> None:
        self.config = config
        self.receiver = Receiver(spool, Tokens(config.tokens), config.limits)
        self.grpc_port = config.grpc_port
        self.http_port = config.http_port
        self._budget = Budget(config.limits)
        self._grpc: aio.Server | None = None
        self._http: uvicorn.Server | None = None
        self._serving: asyncio.Task[None] | None = None

    @property
    def counters(self) -> Counters:
        """What was taken and refused since the start."""
        return self.receiver.counters

    async def start(self) -> None:
        """Listen on both ports. Raises PortTaken, naming the port, its holder and the remedy."""
        reserve(self.config.host, self.config.grpc_port, "OTLP/gRPC", "grpc_port")
        reserve(self.config.host, self.config.http_port, "OTLP/HTTP", "http_port")
        try:
            await self._start_grpc()
            await self._start_http()
        except BaseException:
            await self.stop(0)
            raise

    async def stop(self, grace_seconds: float = 5.0) -> None:
        """Take no more; answer what is under way within ``grace_seconds``."""
        if self._http:
            self._http.should_exit = True
        if self._grpc:
            await self._grpc.stop(grace_seconds)
        if self._serving:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._serving, grace_seconds)
        self.receiver.close()

    async def _start_grpc(self) -> None:
        self._grpc = make_grpc_server(self.receiver, self._budget)
        try:
            self.grpc_port = self._grpc.add_insecure_port(_address(self.config.host, self.config.grpc_port))
        except RuntimeError:
            raise PortTaken(f"port {self.config.grpc_port}, for OTLP/gRPC, cannot be listened on") from None
        await self._grpc.start()

    async def _start_http(self) -> None:
        config = uvicorn.Config(
            OtlpHttp(self.receiver, self._budget),
            host=self.config.host,
            port=self.config.http_port,
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            server_header=False,
            timeout_keep_alive=60,
            timeout_graceful_shutdown=5,
            h11_max_incomplete_event_size=32 * 1024,
        )
        listening = _listen(self.config.host, self.config.http_port)
        self.http_port = listening.getsockname()[1]
        self._http = _Server(config)
        self._serving = asyncio.create_task(self._http.serve([listening]))
        while not self._http.started:
            if self._serving.done():
                await self._serving
                raise PortTaken(f"port {self.config.http_port}, for OTLP/HTTP, cannot be listened on")
            await asyncio.sleep(0.005)


class _Server(uvicorn.Server):
    """Signals belong to the process's own main function."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them alone."""
        yield


def _listen(host: str, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError:
        listening.close()
        raise PortTaken(f"port {port}, for OTLP/HTTP, cannot be listened on") from None
    return listening


def _address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
