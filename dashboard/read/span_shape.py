"""A stored span in the API's shape; the Raw panel shows the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dashboard.format import rfc3339
from dashboard.read.logs import log_shape


def span_shape(
    row: Mapping[str, Any], call: Mapping[str, Any] | None, records: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """Return a stored span as the API says it, with the log records that belong to it."""
    events = zip(row["event_times"], row["event_names"], row["event_attributes"], strict=True)
    links = zip(row["link_traces"], row["link_spans"], row["link_states"], row["link_attributes"], strict=True)
    return {
        "span_id": row["SpanId"],
        "parent_span_id": row["ParentSpanId"],
        "name": row["SpanName"],
        "kind": row["SpanKind"],
        "service": row["ServiceName"],
        "start_unix_nano": row["start_ns"],
        "duration_ns": row["Duration"],
        "status": row["StatusCode"],
        "status_message": row["StatusMessage"],
        "trace_state": row["TraceState"],
        "scope": {"name": row["ScopeName"], "version": row["ScopeVersion"]},
        "attributes": dict(row["SpanAttributes"]),
        "resource": dict(row["ResourceAttributes"]),
        "events": [{"unix_nano": at, "name": name, "attributes": dict(attributes)} for at, name, attributes in events],
        "links": [
            {"trace_id": trace, "span_id": span, "trace_state": state, "attributes": dict(attributes)}
            for trace, span, state, attributes in links
        ],
        "logs": [log_shape(record) for record in records],
        "redactions": dict(row["Redactions"]),
        "redaction_policy": row["RedactionPolicy"],
        "policy_digest": row["PolicyDigest"],
        "ingested_at": rfc3339(row["IngestedAt"]),
        "call": None if call is None else {name: _plain(value) for name, value in call.items()},
    }


def _plain(value: object) -> object:
    return rfc3339(value) if isinstance(value, datetime) else value
