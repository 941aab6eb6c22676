"""What both transports do with a request's bytes: authenticate, bound, check, make durable, acknowledge."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ParamSpec, Protocol, TypeVar

from google.protobuf.message import Message

from collector.auth import Tokens
from collector.errors import Refused, Unavailable
from collector.limits import MIB, Limits
from collector.signal import LOGS, METRICS, TRACES, Signal
from collector.validate import Checked, check

logger = logging.getLogger(__name__)

# What takes longer than some milliseconds is done aside, so that other requests are not kept waiting.
LARGE_BYTES = 2 * MIB
# What the counters of each signal are called where they are told.
COUNTED = {TRACES: "spans", LOGS: "log_records", METRICS: "metric_points"}
P = ParamSpec("P")
T = TypeVar("T")


class Durable(Protocol):
    """Where requests are kept until they are loaded."""

    def append(self, tenant: str, request: bytes, items: int, signal: Signal) -> Future[bool]:
        """Return a future that resolves once the request is on the disk: whether it is new. Raises Unavailable."""


@dataclass
class Counters:
    """What was taken and refused since the process started; used from the event loop alone.

    ``taken`` counts the items of each signal that are stored or will be; ``resent`` are requests that were there
    already.
    """

    requests: int = 0
    taken: Counter[Signal] = field(default_factory=Counter)
    resent: int = 0
    refused: Counter[str] = field(default_factory=Counter)

    def added_to(self, earlier: Mapping[str, object]) -> dict[str, object]:
        """Return these counters added to those of earlier runs, as JSON."""
        before = earlier.get("refused")
        refused = Counter(before if isinstance(before, dict) else {}) + self.refused
        return {
            "requests": _count(earlier.get("requests")) + self.requests,
            **{name: _count(earlier.get(name)) + self.taken[signal] for signal, name in COUNTED.items()},
            "resent": _count(earlier.get("resent")) + self.resent,
            "refused": dict(refused),
        }


class Receiver:
    """Takes checked requests into the spool and counts what happens."""

    def __init__(self, spool: Durable, tokens: Tokens, limits: Limits) -> None:
        self.spool = spool
        self.tokens = tokens
        self.limits = limits
        self.counters = Counters()
        # One thread: what two large requests need while they are unpacked need not be in memory at once.
        self._aside = ThreadPoolExecutor(1, thread_name_prefix="receive")

    async def take(self, signal: Signal, tenant: str, body: bytes) -> Message:
        """Store what can be stored; return once it is on the disk. Raises Refused when nothing was."""
        if len(body) < LARGE_BYTES:
            checked = check(body, self.limits, signal)
        else:
            checked = await self.aside(check, body, self.limits, signal)
        is_new = True
        if checked.items:
            stored = asyncio.wrap_future(self.spool.append(tenant, checked.body, checked.items, signal))
            # A client that gives up does not take back what the spool is writing.
            is_new = await asyncio.shield(stored)
        self.counters.requests += 1
        if is_new:
            self.counters.taken[signal] += checked.items
        else:
            self.counters.resent += 1
        if checked.rejected:
            self.counters.refused["bad_span"] += checked.rejected
        return _response(signal, checked)

    async def aside(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do long work off the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._aside, partial(work, *args, **kwargs))

    def close(self) -> None:
        """End the thread that works aside."""
        self._aside.shutdown(wait=False, cancel_futures=True)

    def refuse(self, error: Exception) -> Refused:
        """Return what the client is told. Whatever we did not foresee may work next time, so it may be sent again."""
        if not isinstance(error, Refused):
            logger.error("a request failed: %s", type(error).__name__, exc_info=error)
            error = Unavailable("something failed here; send again", reason="internal")
        self.counters.refused[error.reason] += 1
        return error


def _response(signal: Signal, checked: Checked) -> Message:
    response: Any = signal.response()
    if checked.rejected:
        setattr(response.partial_success, signal.rejected, checked.rejected)
        response.partial_success.error_message = checked.message
    return response  # type: ignore[no-any-return]


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0
