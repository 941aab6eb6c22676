"""The log records of a trace's spans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.read.conversation.turns import Told
from dashboard.read.sql import sql
from storage.engine import Engine

MOST_RECORDS = 10_000
MOST_OF_SPAN = 500


def read_logs(
    engine: Engine, trace_id: str, tenant: str = "", span_id: str = "", limit: int = MOST_RECORDS
) -> list[dict[str, Any]]:
    """Return the log records of a trace, or of one span of it, as stored, in order of time."""
    asked = {"trace": trace_id, "tenant": tenant, "span": span_id, "limit": limit}
    return engine.query(sql("span_logs"), asked).dicts()


def told_by(records: Sequence[Mapping[str, Any]]) -> list[Told]:
    """Return records as a conversation reads them."""
    return [Told(row["event_name"], row["attributes"], row["body"]) for row in records]


def log_shape(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stored record as the API says it."""
    return {
        "unix_nano": row["at_ns"],
        "event_name": row["event_name"],
        "severity": row["severity"],
        "severity_number": row["severity_number"],
        "body": row["body"],
        "attributes": dict(row["attributes"]),
        "service": row["service"],
        "scope": row["scope"],
        "redactions": dict(row["redactions"]),
    }
