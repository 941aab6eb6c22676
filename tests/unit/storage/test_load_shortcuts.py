"""What the load leaves out for speed changes no row: with and without its shortcuts the same is stored."""

import time
from dataclasses import replace

import pytest
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from collector.segment import encode_record
from policies.bundle import build_redaction
from policies.load import load_policies
from storage import load
from storage.load import TraceLoad
from storage.tables.traces import OTEL_TRACES
from tests.integration.told_spans import tell
from tests.unit.collector.requests import request

MAIL = "write to anna.b@example.org"
COMPARED = ", ".join(f"`{name}`" for name in OTEL_TRACES if name not in ("BatchId", "IngestedAt"))


def sown(place):
    """A request of three spans with an e-mail address in one place of the second; ``place`` changes it."""
    message = ExportTraceServiceRequest.FromString(request(3, attributes={"numbers": 4111111111111111}))
    resource_spans = message.resource_spans[0]
    place(resource_spans, resource_spans.scope_spans[0], resource_spans.scope_spans[0].spans[1])
    return message.SerializeToString()


PLACES = {
    "name": lambda r, s, x: setattr(x, "name", MAIL),
    "status": lambda r, s, x: setattr(x.status, "message", MAIL),
    "state": lambda r, s, x: setattr(x, "trace_state", MAIL),
    "value": lambda r, s, x: setattr(x.attributes.add(key="k").value, "string_value", MAIL),
    "key": lambda r, s, x: setattr(x.attributes.add(key=MAIL).value, "string_value", "v"),
    "array": lambda r, s, x: x.attributes.add(key="k").value.array_value.values.add(string_value=MAIL),
    "event name": lambda r, s, x: x.events.add(name=MAIL, time_unix_nano=x.start_time_unix_nano),
    "event value": lambda r, s, x: setattr(x.events.add(name="e").attributes.add(key="k").value, "string_value", MAIL),
    "event key": lambda r, s, x: setattr(x.events.add(name="e").attributes.add(key=MAIL).value, "int_value", 5),
    "link state": lambda r, s, x: x.links.add(trace_id=bytes(16), span_id=bytes(8), trace_state=MAIL),
    "link value": lambda r, s, x: setattr(x.links.add().attributes.add(key="k").value, "string_value", MAIL),
    "resource": lambda r, s, x: setattr(r.resource.attributes.add(key="owner").value, "string_value", MAIL),
    "resource key": lambda r, s, x: setattr(r.resource.attributes.add(key=MAIL).value, "bool_value", True),
    "scope": lambda r, s, x: setattr(s.scope, "name", MAIL),
    "scope value": lambda r, s, x: setattr(s.scope.attributes.add(key="k").value, "string_value", MAIL),
    "schema": lambda r, s, x: setattr(s, "schema_url", MAIL),
    "dropped": lambda r, s, x: setattr(x.attributes.add(key="ai.embedding").value, "string_value", MAIL),
    "clamped": lambda r, s, x: setattr(x, "start_time_unix_nano", 1),
    "nowhere": lambda r, s, x: None,
}


@pytest.fixture
def segment(tmp_path):
    """Every place, each in a request of its own, and the SDK's variety of spans without anything to redact."""
    now = time.time_ns()
    bodies = [*(sown(place) for place in PLACES.values()), encode_spans(tell(now - 10**11)).SerializeToString()]
    path = tmp_path / "a.seg"
    path.write_bytes(b"".join(encode_record(now + n, "default", now, 3, body) for n, body in enumerate(bodies)))
    return path


def rows(engine, segment, redaction, batch):
    statement = TraceLoad(engine, redaction).statement(segment, batch, batch)
    engine.command(statement.sql, statement.parameters, statement.settings)
    return engine.query(
        f"SELECT {COMPARED} FROM otel_traces WHERE BatchId = {{batch:String}} ORDER BY TraceId, SpanId",
        {"batch": batch},
    ).dicts()


def test_a_span_that_the_gate_lets_through_would_not_have_changed(engine, segment):
    redaction = build_redaction(load_policies())
    gated = rows(engine, segment, redaction, "gated")
    assert gated == rows(engine, segment, replace(redaction, gate="true"), "all")
    # Redacted where it was sown: in one span, or in all three of what they share; a dropped attribute counts nothing.
    shared = sum(name.startswith(("resource", "scope", "schema")) for name in PLACES)
    alone = len(PLACES) - shared - len(("dropped", "clamped", "nowhere"))
    assert sum(row["Redactions"].get("email", 0) for row in gated) == alone + 3 * shared
    assert not [row for row in gated if MAIL in str(row)]


def test_merged_steps_and_other_blocks_give_the_same_rows(engine, segment, monkeypatch):
    redaction = build_redaction(load_policies())
    kept = rows(engine, segment, redaction, "as shipped")
    monkeypatch.setitem(load.STEADY, "query_plan_merge_expressions", 1)
    assert rows(engine, segment, redaction, "merged") == kept
    monkeypatch.setitem(load.STEADY, "query_plan_merge_expressions", 0)
    monkeypatch.setitem(load.STEADY, "input_format_max_block_size_bytes", 1000)
    assert rows(engine, segment, redaction, "small blocks") == kept


def test_a_segment_read_in_many_blocks_is_inserted_as_one(engine, segment, monkeypatch):
    monkeypatch.setitem(load.STEADY, "input_format_max_block_size_bytes", 1000)
    rows(engine, segment, load.NONE, "many")
    parts = engine.query(
        "SELECT count() FROM system.parts WHERE database = currentDatabase() AND table = 'otel_traces'"
        " GROUP BY partition HAVING count() > 1"
    ).rows
    assert not parts
    before = engine.query("SELECT sum(spans) FROM spans_1m").rows
    rows(engine, segment, load.NONE, "many")
    assert engine.query("SELECT sum(spans) FROM spans_1m").rows == before
