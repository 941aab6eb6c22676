"""Who calls whom: edges between services, and from services to models and sources of retrieval, a trace at a time.

A span whose parent is another service's is a call that was served: what the caller's span took is the client's view,
what the callee's took the server's, and the gap between them is the network and the queue. A model or a source that
shows no span of its own is seen from the client only.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.traces.forest import NONE, Flags, Ints, nearest
from analytics.traces.reading import Chunk
from analytics.traces.roles import Roles
from analytics.traces.sums import Floats, split

MEASURES = ("calls", "errors", "client_calls", "client_ms", "server_calls", "server_ms", "max_ms")
FIELDS = ("caller", "callee", "kind", *MEASURES)
KEY = ["trace", "caller", "callee", "kind"]


def service_edges(chunk: Chunk, roles: Roles, failed: Flags) -> Mapping[str, list[list[object]]]:
    """Return the columns ``edges.*``: for each trace lists of one length, in the order of the key."""
    rows = pd.concat([_between_services(chunk, failed), _to_models_and_sources(chunk, roles, failed)])
    how = {name: "max" if name == "max_ms" else "sum" for name in MEASURES}
    grouped = rows.groupby(KEY, sort=True, as_index=False).agg(how)
    trace = grouped["trace"].to_numpy(dtype=np.int64)
    size = len(chunk.spans.traces)
    return {f"edges.{name}": split(trace, size, grouped[name].to_numpy()) for name in FIELDS}


def _between_services(chunk: Chunk, failed: Flags) -> pd.DataFrame:
    spans, parent = chunk.spans, chunk.spans.forest.parent
    served = crossings(chunk)
    caller = parent[served]
    kind = spans.kind.texts()
    asks = np.isin(kind[caller], ("Client", "Producer"))
    by_message = (kind[caller] == "Producer") | (kind[served] == "Consumer")
    return _rows(
        chunk,
        served,
        spans.service.texts()[caller],
        spans.service.texts()[served],
        np.where(by_message, "message", "call").astype(object),
        failed[served] | (asks & failed[caller]),
        np.where(asks, _ms(chunk, caller), np.nan),
        _ms(chunk, served),
    )


def _to_models_and_sources(chunk: Chunk, roles: Roles, failed: Flags) -> pd.DataFrame:
    spans, calls = chunk.spans, chunk.calls
    asked = roles.model | roles.repeated | roles.retrieval
    answered = np.zeros(len(asked), dtype=np.bool_)
    inside = nearest(spans.forest.parent, asked)[crossings(chunk)]
    answered[inside[inside != NONE]] = True
    server = np.zeros(len(asked), dtype=np.bool_)
    server[calls["place"].to_numpy(dtype=np.int64)] = calls["server"].to_numpy(dtype=np.bool_)
    leaf = (roles.model | roles.retrieval) & ~answered & ~server & (spans.kind.codes != spans.kind.code("Server"))
    at = np.flatnonzero(leaf)
    provider = np.full(len(asked), "", dtype=object)
    provider[calls["place"].to_numpy(dtype=np.int64)] = calls["provider"].to_numpy(dtype=object)
    is_model = roles.model[at]
    callee = np.where(is_model & (provider[at] != ""), provider[at], roles.called.texts()[at])
    kind = np.where(is_model, "model", "retrieval").astype(object)
    unknown = np.full(len(at), np.nan)
    return _rows(chunk, at, spans.service.texts()[at], callee, kind, failed[at], _ms(chunk, at), unknown)


def crossings(chunk: Chunk) -> Ints:
    """Return the spans whose parent is another service's."""
    parent, service = chunk.spans.forest.parent, chunk.spans.service.codes
    return np.flatnonzero((parent != NONE) & (service != service[np.maximum(parent, 0)]))


def _ms(chunk: Chunk, at: Ints) -> Floats:
    taken: Floats = (chunk.spans.end[at] - chunk.spans.start[at]) / 1e6
    return taken


def _rows(
    chunk: Chunk, at: Ints, caller: NDArray[np.object_], callee: NDArray[np.object_], kind: NDArray[np.object_],
    failed: Flags, client_ms: Floats, server_ms: Floats,
) -> pd.DataFrame:  # fmt: skip
    return pd.DataFrame(
        {
            "trace": chunk.spans.forest.trace[at],
            "caller": caller,
            "callee": callee,
            "kind": kind,
            "calls": np.ones(len(at), dtype=np.int64),
            "errors": failed.astype(np.int64),
            "client_calls": np.isfinite(client_ms).astype(np.int64),
            "client_ms": np.nan_to_num(client_ms),
            "server_calls": np.isfinite(server_ms).astype(np.int64),
            "server_ms": np.nan_to_num(server_ms),
            "max_ms": np.fmax(client_ms, server_ms),
        }
    )
