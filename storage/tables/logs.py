"""Log records: the columns of the OpenTelemetry Collector's exporter, then our own."""

from __future__ import annotations

from storage.tables.columns import Columns

# The OpenTelemetry Collector's ClickHouse exporter, contrib/exporter/clickhouseexporter, logs table.
LOG_EXPORTER: Columns = {
    "Timestamp": "DateTime64(9)",
    "TimestampTime": "DateTime",
    "TraceId": "String",
    "SpanId": "String",
    "TraceFlags": "UInt8",
    "SeverityText": "LowCardinality(String)",
    "SeverityNumber": "UInt8",
    "ServiceName": "LowCardinality(String)",
    "Body": "String",
    "ResourceSchemaUrl": "LowCardinality(String)",
    "ResourceAttributes": "Map(LowCardinality(String), String)",
    "ScopeSchemaUrl": "LowCardinality(String)",
    "ScopeName": "String",
    "ScopeVersion": "LowCardinality(String)",
    "ScopeAttributes": "Map(LowCardinality(String), String)",
    "LogAttributes": "Map(LowCardinality(String), String)",
    "EventName": "String",
}

# What every row that came through the spool tells of its way, whatever its signal.
PROVENANCE: Columns = {
    "Tenant": "LowCardinality(String)",
    "BatchId": "LowCardinality(String)",
    "IngestedAt": "DateTime64(3)",
    "TimeClamped": "UInt8",
    "Redactions": "Map(LowCardinality(String), UInt32)",
    "RedactionPolicy": "LowCardinality(String)",
    "PolicyDigest": "LowCardinality(String)",
    "RedactionPolicies": "LowCardinality(String)",
}

OTEL_LOGS: Columns = {
    **LOG_EXPORTER,
    "ObservedTimestamp": "DateTime64(9)",
    "DroppedAttributesCount": "UInt32",
    **PROVENANCE,
}
