"""Runs a mapping's examples in the engine, in a store of their own: what each span becomes, by the very statements."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from storage.dialects.known import Known
from storage.dialects.own import Example, OwnMappings
from storage.engine import Engine
from storage.schema import prepare

COLUMNS = (
    "Timestamp", "TraceId", "SpanId", "SpanName", "SpanKind", "ServiceName", "ResourceAttributes", "ScopeName",
    "SpanAttributes", "Duration", "Tenant", "BatchId", "IngestedAt",
)  # fmt: skip
# Where a span stands, not what it says.
PLACES = ("timestamp", "ingested_at", "tenant", "batch_id", "trace_id", "span_id", "parent_span_id", "span_name")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an example became: the columns that say something, what differs from ``expect``, and unmapped attributes."""

    example: Example
    row: Mapping[str, Any]
    wrong: Sequence[str]
    unmapped: Sequence[str]


def try_mappings(engine: Engine, own: OwnMappings) -> list[Outcome]:
    """Run the examples in an empty store. Raises StoreError when the mappings cannot be compiled."""
    prepare(engine, mappings=own)
    at = datetime.now(UTC)
    rows = [_span(number, example, at) for number, example in enumerate(own.examples, 1)]
    if rows:
        engine.insert("otel_traces", rows, COLUMNS, token=f"examples-{at.timestamp()}")
    found = {row["span_id"]: row for row in engine.query("SELECT * FROM llm_calls").dicts()}
    known = Known.of(own.all_dialects)
    return [_outcome(example, found.get(f"{number:016x}", {}), known) for number, example in enumerate(own.examples, 1)]


def _span(number: int, example: Example, at: datetime) -> tuple[object, ...]:
    resource = {key: _as_text(value) for key, value in example.resource.items()}
    attributes = {key: _as_text(value) for key, value in example.attributes.items()}
    service = resource.get("service.name", "")
    return (
        at, f"{number:032x}", f"{number:016x}", example.span_name, example.kind, service, resource, example.scope,
        attributes, 10**9, "default", "examples", at,
    )  # fmt: skip


def _as_text(value: object) -> str:
    """As a loaded attribute reads: texts as they are, all else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def _outcome(example: Example, row: Mapping[str, Any], known: Known) -> Outcome:
    shown = {key: value for key, value in row.items() if value not in (None, "", 0) and key not in PLACES}
    if not row and example.expect:
        wrong = ["the span is no call: nothing says what its operation is"]
    else:
        wrong = [
            f"{column}: {row.get(column)!r}, not {wanted!r}"
            for column, wanted in example.expect.items()
            if row.get(column) != wanted
        ]
    return Outcome(example, shown, wrong, [key for key in example.attributes if not known.has(key)])
