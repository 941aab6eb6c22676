"""OTLP's messages in JSON (opentelemetry-proto 1.x): for each, lowerCamelCase key -> what puts its value.

Ids are hexadecimal, other bytes base64, enums integers, 64-bit integers a number or a string.
"""

from __future__ import annotations

from collections.abc import Mapping

from collector.json_fill import Put, Puts, key_values, many, numbers, one, value
from collector.json_values import (
    as_bytes,
    as_flag,
    as_i32,
    as_i64,
    as_identity,
    as_number,
    as_text,
    as_u32,
    as_u64,
)
from collector.signal import LOGS, METRICS, TRACES, Signal

# A value holds values: its table is filled once those of its kinds are there.
_any_value: dict[str, Put] = {}
ANY_VALUE: Puts = _any_value
KEY_VALUE: Puts = {"key": value("key", as_text), "value": one("value", ANY_VALUE)}
_any_value |= {
    "stringValue": value("string_value", as_text),
    "boolValue": value("bool_value", as_flag),
    "intValue": value("int_value", as_i64),
    "doubleValue": value("double_value", as_number),
    "arrayValue": one("array_value", {"values": many("values", ANY_VALUE)}),
    "kvlistValue": one("kvlist_value", {"values": many("values", KEY_VALUE)}),
    "bytesValue": value("bytes_value", as_bytes),
}

_attributes = {
    "attributes": key_values("attributes", KEY_VALUE),
    "droppedAttributesCount": value("dropped_attributes_count", as_u32),
}
_schema = {"schemaUrl": value("schema_url", as_text)}
_ids = {"traceId": value("trace_id", as_identity), "spanId": value("span_id", as_identity)}
_flags = {"flags": value("flags", as_u32)}
_time = {"timeUnixNano": value("time_unix_nano", as_u64)}
_context = {**_ids, **_flags, "traceState": value("trace_state", as_text)}

RESOURCE: Puts = _attributes
SCOPE: Puts = {"name": value("name", as_text), "version": value("version", as_text), **_attributes}


def _request(resources: str, scopes: str, items: str, item: Puts) -> Puts:
    """Return the table of a request: resources of scopes of items, whose keys are ``snake_case`` here."""
    scope = {"scope": one("scope", SCOPE), _camel(items): many(items, item), **_schema}
    resource = {"resource": one("resource", RESOURCE), _camel(scopes): many(scopes, scope), **_schema}
    return {_camel(resources): many(resources, resource)}


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


EVENT: Puts = {**_time, "name": value("name", as_text), **_attributes}
LINK: Puts = {**_context, **_attributes}
STATUS: Puts = {"message": value("message", as_text), "code": value("code", as_i32)}
SPAN: Puts = {
    **_context,
    **_attributes,
    "parentSpanId": value("parent_span_id", as_identity),
    "name": value("name", as_text),
    "kind": value("kind", as_i32),
    "startTimeUnixNano": value("start_time_unix_nano", as_u64),
    "endTimeUnixNano": value("end_time_unix_nano", as_u64),
    "events": many("events", EVENT),
    "droppedEventsCount": value("dropped_events_count", as_u32),
    "links": many("links", LINK),
    "droppedLinksCount": value("dropped_links_count", as_u32),
    "status": one("status", STATUS),
}

LOG_RECORD: Puts = {
    **_time,
    **_ids,
    **_flags,
    **_attributes,
    "observedTimeUnixNano": value("observed_time_unix_nano", as_u64),
    "severityNumber": value("severity_number", as_i32),
    "severityText": value("severity_text", as_text),
    "body": one("body", ANY_VALUE),
    "eventName": value("event_name", as_text),
}

_number = {"asDouble": value("as_double", as_number), "asInt": value("as_int", as_i64)}
EXEMPLAR: Puts = {**_time, **_ids, **_number, "filteredAttributes": key_values("filtered_attributes", KEY_VALUE)}
_point = {
    **_time,
    **_flags,
    "attributes": key_values("attributes", KEY_VALUE),
    "startTimeUnixNano": value("start_time_unix_nano", as_u64),
}
_exemplars = {"exemplars": many("exemplars", EXEMPLAR)}
_count = {"count": value("count", as_u64), "sum": value("sum", as_number)}
_extremes = {"min": value("min", as_number), "max": value("max", as_number)}
NUMBER_POINT: Puts = {**_point, **_exemplars, **_number}
HISTOGRAM_POINT: Puts = {
    **_point,
    **_exemplars,
    **_count,
    **_extremes,
    "bucketCounts": numbers("bucket_counts", as_u64),
    "explicitBounds": numbers("explicit_bounds", as_number),
}
BUCKETS: Puts = {"offset": value("offset", as_i32), "bucketCounts": numbers("bucket_counts", as_u64)}
EXPONENTIAL_POINT: Puts = {
    **_point,
    **_exemplars,
    **_count,
    **_extremes,
    "scale": value("scale", as_i32),
    "zeroCount": value("zero_count", as_u64),
    "zeroThreshold": value("zero_threshold", as_number),
    "positive": one("positive", BUCKETS),
    "negative": one("negative", BUCKETS),
}
QUANTILE: Puts = {"quantile": value("quantile", as_number), "value": value("value", as_number)}
SUMMARY_POINT: Puts = {**_point, **_count, "quantileValues": many("quantile_values", QUANTILE)}
_temporality = {"aggregationTemporality": value("aggregation_temporality", as_i32)}
METRIC: Puts = {
    "name": value("name", as_text),
    "description": value("description", as_text),
    "unit": value("unit", as_text),
    "metadata": key_values("metadata", KEY_VALUE),
    "gauge": one("gauge", {"dataPoints": many("data_points", NUMBER_POINT)}),
    "sum": one(
        "sum",
        {
            "dataPoints": many("data_points", NUMBER_POINT),
            "isMonotonic": value("is_monotonic", as_flag),
            **_temporality,
        },
    ),
    "histogram": one("histogram", {"dataPoints": many("data_points", HISTOGRAM_POINT), **_temporality}),
    "exponentialHistogram": one(
        "exponential_histogram", {"dataPoints": many("data_points", EXPONENTIAL_POINT), **_temporality}
    ),
    "summary": one("summary", {"dataPoints": many("data_points", SUMMARY_POINT)}),
}

REQUESTS: Mapping[Signal, Puts] = {
    TRACES: _request("resource_spans", "scope_spans", "spans", SPAN),
    LOGS: _request("resource_logs", "scope_logs", "log_records", LOG_RECORD),
    METRICS: _request("resource_metrics", "scope_metrics", "metrics", METRIC),
}
