"""Spans: the columns of the OpenTelemetry Collector's exporter, then our own."""

from __future__ import annotations

from storage.tables.columns import Columns

# The OpenTelemetry Collector's ClickHouse exporter, contrib/exporter/clickhouseexporter, traces table.
EXPORTER: Columns = {
    "Timestamp": "DateTime64(9)",
    "TraceId": "String",
    "SpanId": "String",
    "ParentSpanId": "String",
    "TraceState": "String",
    "SpanName": "LowCardinality(String)",
    "SpanKind": "LowCardinality(String)",
    "ServiceName": "LowCardinality(String)",
    "ResourceAttributes": "Map(LowCardinality(String), String)",
    "ScopeName": "String",
    "ScopeVersion": "String",
    "SpanAttributes": "Map(LowCardinality(String), String)",
    "Duration": "UInt64",
    "StatusCode": "LowCardinality(String)",
    "StatusMessage": "String",
    "Events.Timestamp": "Array(DateTime64(9))",
    "Events.Name": "Array(LowCardinality(String))",
    "Events.Attributes": "Array(Map(LowCardinality(String), String))",
    "Links.TraceId": "Array(String)",
    "Links.SpanId": "Array(String)",
    "Links.TraceState": "Array(String)",
    "Links.Attributes": "Array(Map(LowCardinality(String), String))",
}

# What we add to a span, after the exporter's columns.
OURS: Columns = {
    "ScopeAttributes": "Map(LowCardinality(String), String)",
    "Tenant": "LowCardinality(String)",
    "BatchId": "LowCardinality(String)",
    "IngestedAt": "DateTime64(3)",
    "Redactions": "Map(LowCardinality(String), UInt32)",
    "RedactionPolicy": "LowCardinality(String)",
    "PolicyDigest": "LowCardinality(String)",
    "TimeClamped": "UInt8",
    "DroppedAttributesCount": "UInt32",
    "DroppedEventsCount": "UInt32",
    "DroppedLinksCount": "UInt32",
    "Flags": "UInt32",
    "SchemaUrl": "LowCardinality(String)",
    "RedactionPolicies": "LowCardinality(String)",
}

OTEL_TRACES: Columns = {**EXPORTER, **OURS}
