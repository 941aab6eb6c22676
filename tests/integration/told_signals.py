"""Log records and metrics of the real OpenTelemetry SDK in their variety, and the rows they must become."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.metrics import CallbackOptions, Observation
from opentelemetry.sdk._logs import LoggerProvider, ReadableLogRecord
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.metrics import Histogram, MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader, MetricsData
from opentelemetry.sdk.metrics.view import (
    ExplicitBucketHistogramAggregation,
    ExponentialBucketHistogramAggregation,
    View,
)
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import set_span_in_context

from tests.integration.told_spans import ATTRIBUTES, text, texts

RESOURCE = {"service.name": "told", "service.version": "1.2", "replicas": 3}
SCHEMA = "https://opentelemetry.io/schemas/1.40.0"
MESSAGE = {"role": "user", "content": "Grüße, 你好", "tool_calls": [{"id": "c1", "function": {"name": "f"}}]}
# body -> how it is stored
BODIES: Sequence[tuple[Any, str]] = (
    ("a plain line", "a plain line"),
    ("", ""),
    ('{"already": "JSON"}', '{"already": "JSON"}'),
    (12, "12"),
    (0.5, "0.5"),
    (True, "true"),
    (["a", 1, None], '["a",1,null]'),
    (MESSAGE, '{"role":"user","content":"Grüße, 你好","tool_calls":[{"id":"c1","function":{"name":"f"}}]}'),
    (b"\x00\xff", "AP8="),
    (None, ""),
)


def tell_logs(at_ns: int) -> list[ReadableLogRecord]:
    """Return records that the SDK made from ``at_ns`` on: one a kind of body, then one that has no time of its own."""
    kept = InMemoryLogRecordExporter()
    provider = LoggerProvider(Resource(RESOURCE, SCHEMA), shutdown_on_exit=False)
    provider.add_log_record_processor(SimpleLogRecordProcessor(kept))
    logger = provider.get_logger("genai", "0.3", SCHEMA, {"flavour": "plain"})
    span = TracerProvider(shutdown_on_exit=False).get_tracer("t").start_span("chat")
    for number, (body, _) in enumerate(BODIES):
        logger.emit(
            LogRecord(
                timestamp=at_ns + number,
                observed_timestamp=at_ns + 100 + number,
                context=set_span_in_context(span) if number % 2 else None,
                severity_text="INFO" if number else None,
                severity_number=SeverityNumber.INFO if number else None,
                body=body,
                attributes=ATTRIBUTES if number == 1 else {"number": number, "tree": {"a": [1, {"b": "c"}]}},
                event_name="gen_ai.user.message" if number == 7 else None,
            )
        )
    logger.emit(LogRecord(observed_timestamp=at_ns + 500, severity_number=SeverityNumber.WARN))
    return list(kept.get_finished_logs())


def expected_log(record: ReadableLogRecord, number: int) -> Mapping[str, Any]:
    """Return the row of a record; ``number`` is its place."""
    told = record.log_record
    return {
        "Timestamp": told.timestamp or told.observed_timestamp,
        "ObservedTimestamp": told.observed_timestamp,
        "TraceId": f"{told.trace_id:032x}" if told.trace_id else "",
        "SpanId": f"{told.span_id:016x}" if told.span_id else "",
        "TraceFlags": int(told.trace_flags or 0),
        "SeverityText": told.severity_text or "",
        "SeverityNumber": told.severity_number.value if told.severity_number else 0,
        "ServiceName": "told",
        "Body": BODIES[number][1] if number < len(BODIES) else "",
        "ResourceSchemaUrl": SCHEMA,
        "ResourceAttributes": texts(RESOURCE),
        "ScopeSchemaUrl": SCHEMA,
        "ScopeName": "genai",
        "ScopeVersion": "0.3",
        "ScopeAttributes": {"flavour": "plain"},
        "LogAttributes": {key: _text(value) for key, value in (told.attributes or {}).items()},
        "EventName": told.event_name or "",
        "Tenant": "default",
        "TimeClamped": 0,
        "DroppedAttributesCount": 0,
    }


def _text(value: Any) -> str:
    return json.dumps(value, separators=(",", ":")) if isinstance(value, Mapping) else text(value)


def tell_metrics() -> MetricsData:
    """Return one reading of instruments of every kind that the SDK has."""
    reader = InMemoryMetricReader()
    views = (
        View(instrument_type=Histogram, instrument_name="wide", aggregation=ExponentialBucketHistogramAggregation(8)),
        View(instrument_name="narrow", aggregation=ExplicitBucketHistogramAggregation((0.5, 1.0, 2.5))),
    )
    provider = MeterProvider((reader,), Resource(RESOURCE, SCHEMA), shutdown_on_exit=False, views=views)
    meter = provider.get_meter("gauges", "0.3", SCHEMA, {"flavour": "plain"})
    meter.create_counter("calls", "1", "Calls so far").add(3, {"model": "m", "n": 1})
    meter.create_up_down_counter("running").add(-2)
    meter.create_gauge("use", "%").set(0.25, {"model": "m"})
    meter.create_observable_gauge("seen", [lambda _: [Observation(2**53 + 1, {"a": True})]])
    meter.create_observable_counter("total", [_observe])
    for value in (0.1, 0.7, 0.7, 100.0):
        meter.create_histogram("narrow", "s").record(value, {"model": "m"})
        meter.create_histogram("wide", "s").record(value - 0.5)
    return reader.get_metrics_data()


def _observe(_: CallbackOptions) -> Sequence[Observation]:
    return [Observation(1.5), Observation(2.5, {"worker": "a"})]
