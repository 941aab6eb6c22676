"""One measurement of the real processes: a burst as fast as it is taken, quiet, then a steady stream for freshness."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any

from bench.processes import Service, Usage

WARM_REQUESTS = 24
POLL_SECONDS = 0.2
QUIET_SECONDS, QUIET_SHARE, LONGEST_QUIET = 3.0, 0.08, 60.0
STEADY_SPANS_PER_S = 10_000
MERGES = "Merge"  # threads of ClickHouse's background pools are named after what they do


@dataclass(frozen=True, slots=True)
class Plan:
    """What to send: requests of ``spans_a_request`` spans, and for how long the steady stream runs."""

    shape: str
    requests: int
    steady_seconds: float
    spans_a_request: int = 512


def measure(service: Service, plan: Plan) -> dict[str, Any]:
    """Return the figures of one service that has just started."""
    sent = _send(service, plan, WARM_REQUESTS, 0)
    _wait_stored(service, sent["spans"])
    before = service.usage()
    sent = _send(service, plan, plan.requests, WARM_REQUESTS)
    total = sent["spans"] + WARM_REQUESTS * plan.spans_a_request
    stored_at = _wait_stored(service, total)
    loaded = service.usage()
    settle_seconds = _wait_quiet(service)
    settled = service.usage()
    figures = _figures(sent, stored_at, before, loaded, settled)
    figures["settle_s"] = round(settle_seconds, 1)
    figures["idle_cpu_share"] = _idle(service)
    if plan.steady_seconds:
        figures["freshness_s"] = _freshness(service, plan, total)
    figures["rss_mb_by_process"] = {role: round(used.peak_mb) for role, used in service.usage().items()}
    figures["rss_mb"] = sum(figures["rss_mb_by_process"].values())
    return figures


def _figures(
    sent: dict[str, Any],
    stored_at: float,
    before: dict[str, Usage],
    loaded: dict[str, Usage],
    settled: dict[str, Usage],
) -> dict[str, Any]:
    spans = sent["spans"]
    micro = 1e6 / spans
    acceptor = settled["acceptor"].since(before["acceptor"]).seconds
    engine = settled["engine"].since(before["engine"])
    in_burst = loaded["engine"].since(before["engine"])
    background = sum(used for name, used in engine.by_thread.items() if MERGES in name)
    steps = {
        "acceptor": acceptor * micro,
        "engine_load": (engine.seconds - background) * micro,
        "engine_merges": background * micro,
    }
    seconds = stored_at - sent["began"]
    return {
        "spans": spans,
        "bytes_a_span_sent": round(sent["bytes"] / spans),
        "acked_spans_per_s": round(spans / sent["seconds"]),
        "stored_spans_per_s": round(spans / seconds),
        "stored_mb_per_s": round(sent["bytes"] / seconds / 1e6, 1),
        "cpu_us_per_span": round(sum(steps.values()), 2),
        "cpu_us_per_span_by_step": {name: round(value, 2) for name, value in steps.items()},
        "cpu_us_per_span_until_stored": round(
            (loaded["acceptor"].since(before["acceptor"]).seconds + in_burst.seconds) * micro, 2
        ),
        "cpu_us_per_span_by_thread": {
            name: round(used * micro, 2) for name, used in engine.by_thread.most_common() if used * micro >= 0.05
        },
        "sender_cpu_us_per_span": round(sent["cpu_seconds"] * micro, 2),
    }


def _send(service: Service, plan: Plan, requests: int, first: int, spans_per_s: float = 0.0) -> dict[str, Any]:
    process = _sender(service, plan, requests, first, spans_per_s)
    out, _ = process.communicate()
    if process.returncode:
        raise RuntimeError("the sender failed")
    sent: dict[str, Any] = json.loads(out)
    return sent


def _sender(
    service: Service, plan: Plan, requests: int, first: int, spans_per_s: float = 0.0
) -> subprocess.Popen[bytes]:
    given = {"port": service.grpc_port, "shape": plan.shape, "requests": requests, "first": first}
    flags = [f"--{name}={value}" for name, value in {**given, "spans-per-s": spans_per_s}.items()]
    return subprocess.Popen([sys.executable, "-m", "bench.sender", *flags], stdout=subprocess.PIPE)


def _wait_stored(service: Service, spans: int, seconds: float = 600.0) -> float:
    """Return when ``spans`` could be queried; the engine is asked only when the spool is empty."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not service.waiting():
            seen = time.time()
            stored = service.stored()
            if stored >= spans:
                assert stored == spans, f"{stored} spans are stored, {spans} were sent"
                return seen
        time.sleep(0.02)
    raise RuntimeError("the spans were not stored in time")


def _wait_quiet(service: Service) -> float:
    """Wait until the engine has merged what it wants to; return how long that took."""
    began = time.monotonic()
    used = service.usage()["engine"].seconds
    while time.monotonic() - began < LONGEST_QUIET:
        time.sleep(QUIET_SECONDS)
        now = service.usage()["engine"].seconds
        if now - used < QUIET_SHARE * QUIET_SECONDS:
            break
        used = now
    return time.monotonic() - began


def _idle(service: Service, seconds: float = 10.0) -> float:
    """Return the share of one core that jobs and the web take while nothing comes in."""
    before = service.usage()
    time.sleep(seconds)
    after = service.usage()
    return round(sum(after[role].since(before[role]).seconds for role in after) / seconds, 4)


def _freshness(service: Service, plan: Plan, stored: int) -> dict[str, float]:
    """Return p50 and p99 of the time from handing a request over to finding its spans by a query.

    The count of stored spans is asked for POLL_SECONDS after each answer; a request counts as found at the first
    answer that has at least as many spans as were handed over up to and with it.
    """
    requests = int(plan.steady_seconds * STEADY_SPANS_PER_S / plan.spans_a_request)
    process = _sender(service, plan, requests, WARM_REQUESTS + plan.requests, STEADY_SPANS_PER_S)
    seen: list[tuple[float, int]] = []
    wanted = stored + requests * plan.spans_a_request
    while not seen or seen[-1][1] < wanted:
        if process.poll():
            raise RuntimeError("the sender failed")
        count = service.stored()
        seen.append((time.time(), count))
        time.sleep(POLL_SECONDS)
    sent = json.loads(process.communicate()[0])
    waits, total = [], stored
    for handed, _, spans in sent["requests"]:
        total += spans
        waits.append(next(at for at, count in seen if count >= total) - handed)
    waits.sort()
    return {
        "p50": round(waits[len(waits) // 2], 2),
        "p99": round(waits[int(len(waits) * 0.99)], 2),
        "at_spans_per_s": STEADY_SPANS_PER_S,
    }
