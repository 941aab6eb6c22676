"""Who calls whom: edges between services, and from services to models and sources of retrieval, a trace at a time.

A span whose parent is another service's is a call that was served: what the caller's span took is the client's view,
what the callee's took the server's, and the gap between them is the network and the queue. A model or a source that
shows no span of its own is seen from the client only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analytics.traces.forest import NONE, Flags, Ints, nearest
from analytics.traces.roles import Roles
from analytics.traces.rows import Chunk, Texts, Words
from analytics.traces.sums import Floats, groups, split, total, whole


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls between two ends, a row each; milliseconds are NaN where the side has no span."""

    trace: Ints
    caller: Texts
    callee: Texts
    kind: Texts
    failed: Flags
    client_ms: Floats
    server_ms: Floats


def service_edges(chunk: Chunk, roles: Roles, failed: Flags) -> Mapping[str, list[list[object]]]:
    """Return the columns ``edges.*``: for each trace lists of one length, in the order of caller, callee, kind."""
    parts = (_between_services(chunk, failed), _to_models_and_sources(chunk, roles, failed))
    rows = Calls(*(np.concatenate([getattr(part, name) for part in parts]) for name in Calls.__slots__))
    ends = Words.of(np.concatenate((rows.caller, rows.callee)))
    caller, callee = np.split(ends.codes, 2)
    first, group = groups(rows.trace, caller, callee, Words.of(rows.kind).codes)
    size, longest = len(first), np.zeros(len(first))
    np.maximum.at(longest, group, np.fmax(rows.client_ms, rows.server_ms))
    columns = {
        "caller": rows.caller[first],
        "callee": rows.callee[first],
        "kind": rows.kind[first],
        "calls": np.bincount(group, minlength=size),
        "errors": whole(group, size, rows.failed),
        "client_calls": whole(group, size, np.isfinite(rows.client_ms)),
        "client_ms": total(group, size, rows.client_ms),
        "server_calls": whole(group, size, np.isfinite(rows.server_ms)),
        "server_ms": total(group, size, rows.server_ms),
        "max_ms": longest,
    }
    return {f"edges.{name}": split(rows.trace[first], len(chunk.spans.traces), c) for name, c in columns.items()}


def crossings(chunk: Chunk) -> Ints:
    """Return the spans whose parent is another service's."""
    parent, service = chunk.spans.forest.parent, chunk.spans.service.codes
    return np.flatnonzero((parent != NONE) & (service != service[np.maximum(parent, 0)]))


def _between_services(chunk: Chunk, failed: Flags) -> Calls:
    spans = chunk.spans
    served = crossings(chunk)
    caller = spans.forest.parent[served]
    asks = spans.kind.any_of("Client", "Producer")[caller]
    by_message = spans.kind.any_of("Producer")[caller] | spans.kind.any_of("Consumer")[served]
    return Calls(
        spans.forest.trace[served],
        spans.service.texts()[caller],
        spans.service.texts()[served],
        np.where(by_message, "message", "call").astype(object),
        failed[served] | (asks & failed[caller]),
        np.where(asks, spans.ms(caller), np.nan),
        spans.ms(served),
    )


def _to_models_and_sources(chunk: Chunk, roles: Roles, failed: Flags) -> Calls:
    spans, place = chunk.spans, chunk.calls["place"]
    asked = roles.model | roles.repeated | roles.retrieval
    # A call inside of which another service shows its span is an edge to that service already.
    answered = np.zeros(spans.size, dtype=np.bool_)
    inside = nearest(spans.forest.parent, asked)[crossings(chunk)]
    answered[inside[inside != NONE]] = True
    server = spans.kind.any_of("Server")
    server[place] |= chunk.calls.flags("server")
    at = np.flatnonzero((roles.model | roles.retrieval) & ~answered & ~server)
    provider, is_model = chunk.spread("provider")[at], roles.model[at]
    return Calls(
        spans.forest.trace[at],
        spans.service.texts()[at],
        np.where(is_model & (provider != ""), provider, roles.called.texts()[at]),
        np.where(is_model, "model", "retrieval").astype(object),
        failed[at],
        spans.ms(at),
        np.full(len(at), np.nan),
    )
