"""A whole collector in this process: both doors, the spool, the loader, one store."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from collector.acceptor import Acceptor, AcceptorConfig
from collector.load import Inspector, Loader
from collector.signal import Signal
from collector.spool import Spool, SpoolConfig, waiting_segments
from spanwarden.wiring import stores_of
from storage.engine import Engine
from storage.redaction import NONE, Redaction
from storage.schema import prepare

SOON = SpoolConfig(segment_seconds=0.05, min_free_bytes=0)


@dataclass(frozen=True, slots=True)
class Collector:
    """Where to send to, and what has been stored."""

    grpc: str
    http: str
    engine: Engine
    acceptor: Acceptor
    loader: Loader

    def await_stored(self, spans: int, seconds: float = 30.0) -> None:
        """Wait until ``spans`` spans are stored, views and roll-ups included; fail when it is another number."""
        until = time.monotonic() + seconds
        while self.loader.stats().spans < spans and time.monotonic() < until:
            time.sleep(0.05)
        stored = self.engine.query("SELECT count() FROM otel_traces").rows[0][0]
        assert (stored, self.loader.stats().failing) == (spans, "")

    def await_items(self, signal: Signal, items: int, seconds: float = 30.0) -> None:
        """Wait until ``items`` log records or data points are stored; fail when it is another number."""
        until = time.monotonic() + seconds
        while self.loader.stats().stored.get(signal, 0) < items and time.monotonic() < until:
            time.sleep(0.05)
        tables = self.loader.stores[signal].tables
        stored = sum(self.engine.query(f"SELECT count() FROM {table}").rows[0][0] for table in tables)
        assert (stored, self.loader.stats().failing) == (items, "")

    def await_quiet(self, seconds: float = 30.0) -> None:
        """Wait until nothing of any signal is left in the spool."""
        until = time.monotonic() + seconds
        while waiting_segments(self.loader.spool):
            assert time.monotonic() < until, "something is still in the spool"
            time.sleep(0.05)

    def address(self, signal: Signal) -> str:
        """Where OTLP/HTTP takes a signal."""
        return self.http.removesuffix("/v1/traces") + signal.path


@contextlib.contextmanager
def collecting(
    folder: Path,
    engine: Engine,
    redaction: Redaction = NONE,
    config: SpoolConfig = SOON,
    inspector: Inspector | None = None,
) -> Iterator[Collector]:
    """Run the collector on free ports until the block ends."""
    prepare(engine)
    spool = Spool(folder / "spool", config)
    acceptor = Acceptor(AcceptorConfig(grpc_port=0, http_port=0), spool)
    loader = Loader(folder / "spool", stores_of(engine, redaction), inspector)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="acceptor")
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(acceptor.start(), loop).result(10)
        loader.start()
        grpc, http = f"127.0.0.1:{acceptor.grpc_port}", f"http://127.0.0.1:{acceptor.http_port}/v1/traces"
        yield Collector(grpc, http, engine, acceptor, loader)
    finally:
        asyncio.run_coroutine_threadsafe(acceptor.stop(1.0), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
        spool.close()
        loader.stop()
