"""Sends distinct requests over OTLP/gRPC as fast as they are acknowledged, or at a rate; a process of its own.

    python -m bench.sender --port 4317 --shape even --requests 1000 --first 0 [--spans-per-s 10000]

Requests are built before the clock starts but for their ids, which are patched in as they go (bench/spans.py).
Prints one JSON object: spans, seconds from the first request to the last acknowledgement, the sender's own CPU seconds,
and of each request when it was handed over and acknowledged (seconds since 1970).
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import threading
import time
from collections.abc import Callable, Sequence

import grpc

from bench.spans import Template, even_templates, workload_templates
from spanwarden.demo.send import EXPORT

SHAPES: dict[str, Callable[[int], list[Template]]] = {"even": even_templates, "workload": workload_templates}
# More distinct spans than a segment has, or the same text would lie side by side in a part and compress too well.
TEMPLATES = {"even": 96, "workload": 18}
IN_FLIGHT = 8
TIMEOUT_S = 120.0


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--shape", choices=sorted(SHAPES), default="even")
    parser.add_argument("--requests", type=int, required=True)
    parser.add_argument("--first", type=int, default=0, help="number of the first request; a number is sent once")
    parser.add_argument("--spans-per-s", type=float, default=0.0, help="0: as fast as acknowledged")
    chosen = parser.parse_args(arguments)
    templates = SHAPES[chosen.shape](TEMPLATES[chosen.shape])
    json.dump(send(chosen.port, templates, chosen.requests, chosen.first, chosen.spans_per_s), sys.stdout)


def send(port: int, templates: Sequence[Template], count: int, first: int, spans_per_s: float) -> dict[str, object]:
    """Send ``count`` requests, IN_FLIGHT at a time; raises grpc.RpcError when one is refused."""
    free = threading.Semaphore(IN_FLIGHT)
    handed = [0.0] * count
    acknowledged = [0.0] * count
    failures: list[Exception] = []

    def note(place: int, reply: grpc.Future[bytes]) -> None:
        acknowledged[place] = time.time()
        error = reply.exception()
        if error is not None:
            failures.append(error)
        free.release()

    sizes = 0
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        export = channel.unary_unary(EXPORT, bytes, bytes)
        before, began = resource.getrusage(resource.RUSAGE_SELF), time.time()
        for place in range(count):
            template = templates[place % len(templates)]
            if spans_per_s:
                time.sleep(max(0.0, began + place * template.spans / spans_per_s - time.time()))
            free.acquire()
            body = template.fresh(first + place, time.time_ns())
            sizes += len(body)
            handed[place] = time.time()
            export.future(body, timeout=TIMEOUT_S).add_done_callback(lambda reply, place=place: note(place, reply))
        for _ in range(IN_FLIGHT):
            free.acquire()
        after = resource.getrusage(resource.RUSAGE_SELF)
    if failures:
        raise failures[0]
    spans = [templates[place % len(templates)].spans for place in range(count)]
    return {
        "spans": sum(spans),
        "bytes": sizes,
        "seconds": max(acknowledged) - began,
        "began": began,
        "cpu_seconds": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        "requests": [list(entry) for entry in zip(handed, acknowledged, spans, strict=True)],
    }


if __name__ == "__main__":
    main()
