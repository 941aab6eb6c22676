"""``/api/v1/inference``: what inference servers say of themselves, by engine and worker."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter

from dashboard.api.asked import Given, List
from dashboard.format import rfc3339
from dashboard.read.inference import Worker, read_workers

routes = APIRouter(tags=["inference"])


@routes.get("/inference")
def workers(services: Given, asked: List) -> dict[str, Any]:
    """Return every worker's levels, rises and times in the window; times are milliseconds, shares 0 to 1.

    ``levels`` are running and waiting requests and the KV cache's use; ``rises`` are what counters grew by, such as
    tokens and preemptions; ``times`` are the queue, the first token, between tokens, and the whole request.
    """
    found = read_workers(services.engine, asked.window, asked.scope)
    return {"workers": [_shape(worker) for worker in found[: asked.limit]], "next": None}


def _shape(worker: Worker) -> dict[str, Any]:
    return {
        "engine": worker.engine,
        "service": worker.service,
        "worker": worker.worker,
        "model": worker.model,
        "role": worker.role,
        "at": rfc3339(worker.at),
        "levels": {name: asdict(gauge) for name, gauge in worker.gauges.items()},
        "rises": dict(worker.rises),
        "times": {name: asdict(spread) for name, spread in worker.times.items()},
        "prefix_hit_share": worker.prefix_hit_share,
        "accepted_share": worker.accepted_share,
    }
