"""What the SDK sends as logs and metrics is what is stored, field for field, over each transport; a resend once."""

from __future__ import annotations

import base64
import gzip
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from google.protobuf.json_format import MessageToDict
from opentelemetry.exporter.otlp.proto.common._log_encoder import encode_logs
from opentelemetry.exporter.otlp.proto.common.metrics_encoder import encode_metrics
from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter as GrpcLogs
from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter as GrpcMetrics
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter as HttpLogs
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter as HttpMetrics
from opentelemetry.sdk._logs.export import LogRecordExportResult
from opentelemetry.sdk.metrics.export import MetricExportResult

from collector.signal import LOGS, METRICS, Signal
from dashboard.api.traces import one_trace
from dashboard.read.conversation.fold import conversation
from dashboard.read.logs import read_logs, told_by
from storage.engine import Engine
from tests.integration.collecting import Collector, collecting
from tests.integration.told_signals import RESOURCE, SCHEMA, expected_log, tell_logs, tell_metrics
from tests.integration.told_spans import texts

IDS = ("traceId", "spanId")
TIMES = {"Timestamp", "ObservedTimestamp", "TimeUnix", "StartTimeUnix"}


@pytest.fixture
def collector(tmp_path, engine: Engine) -> Iterator[Collector]:
    with collecting(tmp_path, engine) as running:
        yield running


def over_grpc(collector: Collector, signal: Signal, told: Any) -> None:
    if signal is LOGS:
        exporter = GrpcLogs(endpoint=f"http://{collector.grpc}", insecure=True)
        assert exporter.export(told) is LogRecordExportResult.SUCCESS
    else:
        exporter = GrpcMetrics(endpoint=f"http://{collector.grpc}", insecure=True)
        assert exporter.export(told) is MetricExportResult.SUCCESS
    exporter.shutdown()


def over_http(collector: Collector, signal: Signal, told: Any) -> None:
    if signal is LOGS:
        exporter = HttpLogs(endpoint=collector.address(LOGS))
        assert exporter.export(told) is LogRecordExportResult.SUCCESS
    else:
        exporter = HttpMetrics(endpoint=collector.address(METRICS))
        assert exporter.export(told) is MetricExportResult.SUCCESS
    exporter.shutdown()


def over_json(collector: Collector, signal: Signal, told: Any) -> None:
    message = (encode_logs if signal is LOGS else encode_metrics)(told)
    body = json.dumps(with_hex_ids(MessageToDict(message, use_integers_for_enums=True))).encode()
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    reply = requests.post(collector.address(signal), gzip.compress(body, mtime=0), headers=headers, timeout=10)
    assert (reply.status_code, reply.json()) == (200, {})


def with_hex_ids(value: Any) -> Any:
    if isinstance(value, list):
        return [with_hex_ids(item) for item in value]
    if not isinstance(value, dict):
        return value
    ids = {key: base64.b64decode(value[key]).hex() for key in IDS if key in value}
    return {**{key: with_hex_ids(item) for key, item in value.items()}, **ids}


SENDERS = (over_grpc, over_http, over_json)
Send = Callable[[Collector, Signal, Any], None]


def stored(engine: Engine, table: str, columns: Mapping[str, Any], order: str) -> list[dict[str, Any]]:
    """The rows with times as whole nanoseconds, which Python's datetime cannot hold."""
    chosen = ", ".join(
        f"toUnixTimestamp64Nano({name}) AS `{name}!`" if name in TIMES else f"`{name}` AS `{name}!`" for name in columns
    )
    rows = engine.query(f"SELECT {chosen} FROM {table} ORDER BY {order}").dicts()
    return [{name: row[f"{name}!"] for name in columns} for row in rows]


@pytest.mark.parametrize("send", SENDERS, ids=lambda send: send.__name__)
def test_every_field_of_every_log_record_is_stored(collector, send: Send):
    records = tell_logs(time.time_ns() - 3600 * 10**9)
    send(collector, LOGS, records)
    collector.await_items(LOGS, len(records))
    expected = [expected_log(record, number) for number, record in enumerate(records)]
    found = stored(collector.engine, "otel_logs", expected[0], "Timestamp")
    for ours, theirs in zip(found, expected, strict=True):
        assert ours == theirs


def points_of(told: Any) -> list[tuple[str, Any, Any]]:
    """(metric's name, its data, point) of all that the SDK read."""
    return [
        (metric.name, metric.data, point)
        for resource in told.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
        for point in metric.data.data_points
    ]


@pytest.mark.parametrize("send", SENDERS, ids=lambda send: send.__name__)
def test_every_data_point_is_stored_in_the_table_of_its_kind(collector, send: Send):
    told = tell_metrics()
    points = points_of(told)
    send(collector, METRICS, told)
    collector.await_items(METRICS, len(points))
    kinds = {"Gauge": "gauge", "Sum": "sum", "Histogram": "histogram", "ExponentialHistogram": "exponential_histogram"}
    for kind, table in kinds.items():
        expected = [expected_point(*one) for one in points if type(one[1]).__name__ == kind]
        assert expected
        found = stored(collector.engine, f"otel_metrics_{table}", expected[0], "MetricName, Attributes")
        assert found == sorted(expected, key=lambda row: (row["MetricName"], sorted(row["Attributes"].items())))


def expected_point(name: str, data: Any, point: Any) -> dict[str, Any]:
    """The row of a point."""
    row: dict[str, Any] = {
        "MetricName": name,
        "Attributes": texts(point.attributes),
        "StartTimeUnix": point.start_time_unix_nano or 0,
        "TimeUnix": point.time_unix_nano,
        "ServiceName": "told",
        "ResourceAttributes": texts(RESOURCE),
        "ResourceSchemaUrl": SCHEMA,
        "ScopeName": "gauges",
        "ScopeVersion": "0.3",
        "ScopeSchemaUrl": SCHEMA,
        "ScopeAttributes": {"flavour": "plain"},
        "Flags": 0,
        "TimeClamped": 0,
    }
    if hasattr(point, "value"):
        row["Value"] = float(point.value)
    else:
        row |= {"Count": point.count, "Sum": point.sum, "Min": point.min, "Max": point.max}
    if hasattr(point, "bucket_counts"):
        row |= {"BucketCounts": list(point.bucket_counts), "ExplicitBounds": list(point.explicit_bounds)}
    if hasattr(point, "positive"):
        row |= {
            "Scale": point.scale,
            "ZeroCount": point.zero_count,
            "PositiveOffset": point.positive.offset,
            "PositiveBucketCounts": list(point.positive.bucket_counts),
            "NegativeOffset": point.negative.offset,
            "NegativeBucketCounts": list(point.negative.bucket_counts),
        }
    if hasattr(data, "aggregation_temporality"):
        row["AggregationTemporality"] = int(data.aggregation_temporality)
    if hasattr(data, "is_monotonic"):
        row["IsMonotonic"] = data.is_monotonic
    return row


def test_a_resent_request_is_stored_once_and_its_bytes_are_another_signals_own(collector):
    records = tell_logs(time.time_ns())
    body = encode_logs(records).SerializeToString()
    headers = {"content-type": "application/x-protobuf"}
    for _ in range(3):
        reply = requests.post(collector.address(LOGS), body, headers=headers, timeout=10)
        assert (reply.status_code, reply.content) == (200, b"")
    collector.await_items(LOGS, len(records))
    counters = collector.acceptor.counters
    assert (counters.resent, counters.taken[LOGS]) == (2, len(records))
    # No metric, but a whole request of metrics: the same bytes are not what was sent before.
    assert requests.post(collector.address(METRICS), b"\x0a\x00", headers=headers, timeout=10).status_code == 200


def test_a_summary_and_bad_ids_are_kept(collector):
    """No SDK makes a summary; Prometheus does. An exemplar's and a record's bad ids are dropped, the rest is kept."""
    now = str(time.time_ns())
    point = {"timeUnixNano": now, "count": "7", "sum": 3.5, "quantileValues": [{"quantile": 0.5, "value": 1.25}]}
    exemplar = {"timeUnixNano": now, "asInt": "3", "traceId": "00" * 16, "spanId": "ab", "filteredAttributes": []}
    gauge = {"dataPoints": [{"timeUnixNano": now, "asDouble": "NaN", "exemplars": [exemplar], "flags": 1}]}
    metrics = [{"name": "s", "summary": {"dataPoints": [point]}}, {"name": "g", "gauge": gauge}]
    body = {"resourceMetrics": [{"scopeMetrics": [{"metrics": metrics}]}]}
    assert requests.post(collector.address(METRICS), json=body, timeout=10).json() == {}
    record = {"timeUnixNano": now, "traceId": "abcd", "spanId": "00" * 8, "body": {"stringValue": "kept"}}
    logs = {"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}
    assert requests.post(collector.address(LOGS), json=logs, timeout=10).json() == {}
    collector.await_items(METRICS, 2)
    collector.await_items(LOGS, 1)
    ask = collector.engine.query
    summary = "SELECT Count, Sum, `ValueAtQuantiles.Quantile`, `ValueAtQuantiles.Value` FROM otel_metrics_summary"
    assert ask(summary).rows == [(7, 3.5, [0.5], [1.25])]
    gauge_row = "SELECT isNaN(Value), Flags, `Exemplars.Value`, `Exemplars.TraceId`, `Exemplars.SpanId`"
    assert ask(f"{gauge_row} FROM otel_metrics_gauge").rows == [(1, 1, [3.0], [""], [""])]
    assert ask("SELECT Body, TraceId, SpanId FROM otel_logs").rows == [("kept", "", "")]


def test_a_trace_carries_the_log_records_of_its_spans(collector):
    """The records of a span stand with it in the API, and are its conversation where it carries none itself."""
    now = time.time_ns()
    trace, span, other = os.urandom(16).hex(), os.urandom(8).hex(), os.urandom(8).hex()
    spans = [
        {"traceId": trace, "spanId": one, "name": "chat m", "startTimeUnixNano": now, "endTimeUnixNano": now + 1000}
        for one in (span, other)
    ]
    said = {"kvlistValue": {"values": [{"key": "content", "value": {"stringValue": "Hello?"}}]}}
    records = [
        {"traceId": trace, "spanId": span, "timeUnixNano": now, "eventName": "gen_ai.user.message", "body": said},
        {"traceId": trace, "spanId": span, "timeUnixNano": now + 1, "severityNumber": 17, "body": {"stringValue": "!"}},
    ]
    for address, body in (
        (collector.http, {"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]}),
        (collector.address(LOGS), {"resourceLogs": [{"scopeLogs": [{"logRecords": records}]}]}),
    ):
        assert requests.post(address, json=body, timeout=10).json() == {}
    collector.await_stored(2)
    collector.await_items(LOGS, 2)
    services: Any = SimpleNamespace(engine=collector.engine)
    told = {one["span_id"]: one["logs"] for one in one_trace(services, trace, 10)["spans"]}
    assert [(log["event_name"], log["body"], log["severity_number"]) for log in told[span]] == [
        ("gen_ai.user.message", '{"content":"Hello?"}', 0),
        ("", "!", 17),
    ]
    assert told[other] == []
    (turn,) = conversation({}, (), told_by(read_logs(collector.engine, trace, span_id=span)))
    assert (turn.role, [part.text for part in turn.parts]) == ("user", ["Hello?"])
