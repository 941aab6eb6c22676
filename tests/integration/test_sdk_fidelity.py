"""What the OpenTelemetry Python SDK sends is what is stored, field for field, over each transport."""

from __future__ import annotations

import base64
import gzip
import json
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
import requests
from google.protobuf.json_format import MessageToDict
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcExporter
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpExporter
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from storage.engine import Engine
from tests.integration.collecting import Collector, collecting
from tests.integration.told_spans import expected_row, tell


@pytest.fixture
def collector(tmp_path, engine: Engine) -> Iterator[Collector]:
    with collecting(tmp_path, engine) as running:
        yield running


def over_grpc(collector: Collector, spans: Sequence[ReadableSpan]) -> None:
    export(GrpcExporter(endpoint=f"http://{collector.grpc}", insecure=True), spans)


def over_http(collector: Collector, spans: Sequence[ReadableSpan]) -> None:
    export(HttpExporter(endpoint=collector.http), spans)


def over_http_gzip(collector: Collector, spans: Sequence[ReadableSpan]) -> None:
    export(HttpExporter(endpoint=collector.http, compression=Compression.Gzip), spans)


def export(exporter: SpanExporter, spans: Sequence[ReadableSpan]) -> None:
    assert exporter.export(spans) is SpanExportResult.SUCCESS
    exporter.shutdown()


def over_json(collector: Collector, spans: Sequence[ReadableSpan]) -> None:
    reply = requests.post(collector.http, json_body(spans), headers={"content-type": "application/json"}, timeout=10)
    assert (reply.status_code, reply.json()) == (200, {})


def over_json_gzip(collector: Collector, spans: Sequence[ReadableSpan]) -> None:
    headers = {"content-type": "application/json; charset=utf-8", "content-encoding": "gzip"}
    reply = requests.post(collector.http, gzip.compress(json_body(spans), mtime=0), headers=headers, timeout=10)
    assert reply.status_code == 200


def json_body(spans: Sequence[ReadableSpan]) -> bytes:
    """The spans as OTLP/JSON: protobuf's mapping, but ids in hexadecimal and enums as numbers."""
    message = MessageToDict(encode_spans(spans), use_integers_for_enums=True)
    return json.dumps(with_hex_ids(message), ensure_ascii=False).encode()


def with_hex_ids(value: Any) -> Any:
    if isinstance(value, list):
        return [with_hex_ids(item) for item in value]
    if not isinstance(value, dict):
        return value
    ids = {key: base64.b64decode(value[key]).hex() for key in ("traceId", "spanId", "parentSpanId") if key in value}
    return {**{key: with_hex_ids(item) for key, item in value.items()}, **ids}


SENDERS = (over_grpc, over_http, over_http_gzip, over_json, over_json_gzip)


@pytest.mark.parametrize("send", SENDERS, ids=lambda send: send.__name__)
def test_every_field_of_every_span_is_stored(collector, send: Callable[[Collector, Sequence[ReadableSpan]], None]):
    spans = tell(time.time_ns() - 3600 * 10**9)
    send(collector, spans)
    collector.await_stored(len(spans))
    expected = [expected_row(span) for span in sorted(spans, key=lambda s: (s.start_time, s.context.span_id))]
    found = stored_exactly(collector.engine, list(expected[0]))
    assert [row["SpanName"] for row in found] == [row["SpanName"] for row in expected]
    for ours, theirs in zip(found, expected, strict=True):
        assert ours == theirs


def stored_exactly(engine: Engine, columns: list[str]) -> list[dict[str, Any]]:
    """The stored rows with times as whole nanoseconds, which Python's datetime cannot hold."""
    exact = {
        "Timestamp": "toUnixTimestamp64Nano(Timestamp)",
        "Events.Timestamp": "arrayMap(t -> toUnixTimestamp64Nano(t), `Events.Timestamp`)",
    }
    chosen = ", ".join(f"{exact.get(name, f'`{name}`')} AS `{name}!`" for name in columns)
    rows = engine.query(f"SELECT {chosen} FROM otel_traces ORDER BY Timestamp, SpanId").dicts()
    return [{name: row[f"{name}!"] for name in columns} for row in rows]


def test_a_typed_call_comes_of_the_sdks_attributes(collector):
    spans = tell(time.time_ns() - 60 * 10**9)
    over_grpc(collector, spans)
    collector.await_stored(len(spans))
    calls = collector.engine.query(
        "SELECT service, service_version, operation, model, input_tokens, finish_reason, status FROM llm_calls"
    ).rows
    assert [tuple(row) for row in calls] == [("told", "1.2", "chat", "gpt-4o-mini", 1234, "stop", "ok")]
