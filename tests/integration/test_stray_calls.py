"""A call that stands in two traces counts once, whichever trace comes in first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from analytics.traces.job import Structures
from storage.engine import Engine
from tests.integration.collecting import collecting
from tests.integration.golden_bytes import PROTOBUF, Capture
from tests.integration.golden_dialects import Golden

GOLDEN = Golden("stacked-litellm")
TABLES = (
    "SELECT span_id, is_llm_call, duplicate_of, cost_usd FROM llm_calls ORDER BY span_id",
    "SELECT * EXCEPT (version) FROM trace_summaries FINAL WHERE deleted = 0 ORDER BY trace_id",
    "SELECT service, sum(llm_calls), sum(input_tokens), round(sum(cost_usd), 12) FROM calls_1m GROUP BY service",
)


@pytest.fixture(scope="module")
def parts() -> list[Capture]:
    """The capture in two requests: the trace of its own that LiteLLM wrote for a stream, and all others."""
    whole = ExportTraceServiceRequest()
    whole.ParseFromString(GOLDEN.spans().body)
    spans = [s for resource in whole.resource_spans for scope in resource.scope_spans for s in scope.spans]
    (stray,) = {s.trace_id for s in spans if s.name == "litellm_request" and not s.parent_span_id}
    return [only(whole, {stray}), only(whole, {s.trace_id for s in spans} - {stray})]


def only(whole: ExportTraceServiceRequest, traces: set[bytes]) -> Capture:
    """The request with the spans of these traces alone."""
    request = ExportTraceServiceRequest()
    request.CopyFrom(whole)
    left = 0
    for scope in (scope for resource in request.resource_spans for scope in resource.scope_spans):
        kept = [span for span in scope.spans if span.trace_id in traces]
        left += len(kept)
        del scope.spans[:]
        scope.spans.extend(kept)
    return Capture(request.SerializeToString(), PROTOBUF, left, [])


def structures_after(folder: Path, engine: Engine, captures: Sequence[Capture]) -> list[list[tuple[Any, ...]]]:
    job = Structures(engine)  # one that knows what it has computed: only what comes in after is looked at
    with collecting(folder, engine) as collector:
        for number, capture in enumerate(captures, 1):
            capture.post(collector.http)
            collector.await_stored(sum(one.items for one in captures[:number]))
            job.settle(datetime.now(UTC))
    return [engine.query(table).rows for table in TABLES]


def test_the_order_in_which_the_traces_come_in_changes_nothing(
    tmp_path: Path, chdb_store: Engine, parts: list[Capture]
) -> None:
    found = []
    for name, order in (("stray_first", parts), ("stray_last", parts[::-1])):
        engine = chdb_store.sibling(name)
        found.append(structures_after(tmp_path / name, engine, order))
        totals = GOLDEN.expected["totals"]
        assert GOLDEN.sums(engine) == totals | {"cost_usd": pytest.approx(totals["cost_usd"], rel=1e-9)}
        engine.close()
        chdb_store.command(f"DROP DATABASE {name} SYNC")
    assert found[0] == found[1]
