"""The live demo's log records and metrics: each as it happens, and lost where the collector does not answer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import grpc

from spanwarden.demo.calls import Call
from spanwarden.demo.engines import Shift, shifts
from spanwarden.demo.generate import ENGINES
from spanwarden.demo.measures import metric_requests
from spanwarden.demo.records import Record, log_request, records_of
from spanwarden.demo.send import EXPORT_LOGS, EXPORT_METRICS

SCRAPE_S = 15
CHUNK_MINUTES = 60
FLUSH_S = 1.0
TIMEOUT_S = 5.0
LIVE = 1_000_000


class Signals:
    """A thread that sends what was logged since its last look, and the engines' figures when they are due."""

    def __init__(
        self, endpoint: str, metadata: Sequence[tuple[str, str]], seed: int, clock_ns: Callable[[], int]
    ) -> None:
        self._endpoint, self._metadata, self._seed, self._clock_ns = endpoint, tuple(metadata), seed, clock_ns
        self._records: list[Record] = []
        self._guard = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="demo-signals", daemon=True)

    def start(self) -> None:
        """Begin now."""
        self._thread.start()

    def stop(self, seconds: float) -> None:
        """End, within so many seconds."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(seconds)

    def log(self, call: Call) -> None:
        """Send what is logged about a call with the next look."""
        with self._guard:
            self._records += records_of(call)

    def _run(self) -> None:
        chunk = 0
        with grpc.insecure_channel(self._endpoint) as channel:
            while not self._stopping.is_set():
                start = datetime.fromtimestamp(self._clock_ns() / 1e9, UTC)
                measured = tuple(shifts(start, CHUNK_MINUTES, SCRAPE_S, (self._seed, LIVE, ENGINES, chunk)))
                self._tell(channel, measured)
                chunk += 1

    def _tell(self, channel: grpc.Channel, measured: Sequence[Shift]) -> None:
        """Tell these figures when their time has come, and the records meanwhile."""
        for at, body in zip(measured[0].times_ns.tolist(), metric_requests(measured, at_once=1), strict=True):
            while self._clock_ns() < at:
                if self._stopping.wait(FLUSH_S):
                    return
                self._flush(channel)
            self._send(channel, EXPORT_METRICS, body)

    def _flush(self, channel: grpc.Channel) -> None:
        with self._guard:
            records, self._records = self._records, []
        if records:
            self._send(channel, EXPORT_LOGS, log_request(records))

    def _send(self, channel: grpc.Channel, method: str, body: bytes) -> None:
        try:
            channel.unary_unary(method, bytes, bytes)(body, timeout=TIMEOUT_S, metadata=self._metadata)
        except grpc.RpcError:
            return  # live figures are not sent twice: the next ones come soon
