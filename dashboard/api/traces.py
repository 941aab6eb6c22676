"""``/api/v1/traces``: summaries by time, and one trace span for span as it is stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query

from dashboard.api.asked import Given, List
from dashboard.format import rfc3339
from dashboard.read.logs import read_logs
from dashboard.read.span_shape import span_shape
from dashboard.read.spans import MOST_SPANS, read_calls, read_spans
from dashboard.read.traces import Wanted, list_traces

routes = APIRouter(tags=["traces"])


@routes.get("/traces")
def list_of_traces(
    services: Given,
    asked: List,
    q: Annotated[str, Query(max_length=200, description="Text in a name, a message or an attribute; or an id.")] = "",
    errors: bool = False,
    redacted: bool = False,
    slow_ms: Annotated[float, Query(ge=0, description="Least duration of some model call.")] = 0.0,
    costly_usd: Annotated[float, Query(ge=0, description="Least cost of the trace.")] = 0.0,
) -> dict[str, Any]:
    """Return summaries of the traces that began in the window, newest first.

    ``searched_to`` is set when the search stopped before the window's start; ``next`` goes on from there.
    """
    wanted = Wanted(q, errors, redacted, slow_ms, costly_usd)
    found = list_traces(
        services.engine, asked.window, asked.scope, wanted, cursor=asked.cursor, limit=min(asked.limit, 500)
    )
    return {
        "traces": [{**asdict(one), "began": rfc3339(one.began)} for one in found.traces],
        "next": found.next.token() if found.next else None,
        "searched_to": rfc3339(found.searched_to),
    }


@routes.get("/traces/{trace_id}")
def one_trace(
    services: Given, trace_id: str, limit: Annotated[int, Query(ge=1, le=MOST_SPANS)] = MOST_SPANS
) -> dict[str, Any]:
    """Return every span of a trace, by start, with its typed columns under ``call`` where it is a call."""
    rows = read_spans(services.engine, trace_id, limit=limit)
    if not rows:
        raise HTTPException(404, f"no span of trace {trace_id[:64]!r} is stored")
    calls = {row["span_id"]: row for row in read_calls(services.engine, trace_id)}
    logs: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for record in read_logs(services.engine, trace_id):
        logs[record["span_id"]].append(record)
    spans = [span_shape(row, calls.get(row["SpanId"]), logs[row["SpanId"]]) for row in rows]
    return {"trace_id": trace_id, "spans": spans}
