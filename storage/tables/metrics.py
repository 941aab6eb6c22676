"""Data points: five tables in the columns of the OpenTelemetry Collector's exporter, then our own.

``METRIC_POINTS`` is what a segment is decoded into: a row a point of any kind, for each table's view to take its own.
"""

from __future__ import annotations

from collections.abc import Mapping

from storage.tables.columns import Columns
from storage.tables.logs import PROVENANCE

# The OpenTelemetry Collector's ClickHouse exporter, contrib/exporter/clickhouseexporter, metrics tables.
POINT: Columns = {
    "ResourceAttributes": "Map(LowCardinality(String), String)",
    "ResourceSchemaUrl": "String",
    "ScopeName": "String",
    "ScopeVersion": "String",
    "ScopeAttributes": "Map(LowCardinality(String), String)",
    "ScopeDroppedAttrCount": "UInt32",
    "ScopeSchemaUrl": "String",
    "ServiceName": "LowCardinality(String)",
    "MetricName": "LowCardinality(String)",
    "MetricDescription": "String",
    "MetricUnit": "String",
    "Attributes": "Map(LowCardinality(String), String)",
    "StartTimeUnix": "DateTime64(9)",
    "TimeUnix": "DateTime64(9)",
}

EXEMPLARS: Columns = {
    "Exemplars.FilteredAttributes": "Array(Map(LowCardinality(String), String))",
    "Exemplars.TimeUnix": "Array(DateTime64(9))",
    "Exemplars.Value": "Array(Float64)",
    "Exemplars.SpanId": "Array(String)",
    "Exemplars.TraceId": "Array(String)",
}

COUNTED: Columns = {
    "Count": "UInt64",
    "Sum": "Float64",
}

EXTREMES: Columns = {
    "Min": "Float64",
    "Max": "Float64",
}

BUCKETS: Columns = {
    "BucketCounts": "Array(UInt64)",
    "ExplicitBounds": "Array(Float64)",
}

EXPONENTIAL_BUCKETS: Columns = {
    "Scale": "Int32",
    "ZeroCount": "UInt64",
    "PositiveOffset": "Int32",
    "PositiveBucketCounts": "Array(UInt64)",
    "NegativeOffset": "Int32",
    "NegativeBucketCounts": "Array(UInt64)",
}

QUANTILES: Columns = {
    "ValueAtQuantiles.Quantile": "Array(Float64)",
    "ValueAtQuantiles.Value": "Array(Float64)",
}
VALUE: Columns = {"Value": "Float64"}
FLAGS: Columns = {"Flags": "UInt32"}
TEMPORALITY: Columns = {"AggregationTemporality": "Int32"}
MONOTONIC: Columns = {"IsMonotonic": "Bool"}
# Ours: the exporter leaves it out.
ZERO_THRESHOLD: Columns = {"ZeroThreshold": "Float64"}

# kind -> the table's columns
METRICS: Mapping[str, Columns] = {
    "gauge": {**POINT, **VALUE, **FLAGS, **EXEMPLARS, **PROVENANCE},
    "sum": {**POINT, **VALUE, **FLAGS, **EXEMPLARS, **TEMPORALITY, **MONOTONIC, **PROVENANCE},
    "histogram": {
        **POINT, **COUNTED, **BUCKETS, **EXEMPLARS, **FLAGS, **EXTREMES, **TEMPORALITY, **PROVENANCE,
    },
    "exponential_histogram": {
        **POINT, **COUNTED, **EXPONENTIAL_BUCKETS, **EXEMPLARS, **FLAGS, **EXTREMES, **TEMPORALITY, **ZERO_THRESHOLD,
        **PROVENANCE,
    },
    "summary": {**POINT, **COUNTED, **QUANTILES, **FLAGS, **PROVENANCE},
}  # fmt: skip
METRIC_TABLES: Mapping[str, Columns] = {f"otel_metrics_{kind}": columns for kind, columns in METRICS.items()}
METRIC_POINTS: Columns = {
    **POINT, "Kind": "LowCardinality(String)", **VALUE, **FLAGS, **COUNTED, **BUCKETS, **EXPONENTIAL_BUCKETS,
    **ZERO_THRESHOLD, **EXEMPLARS, **QUANTILES, **EXTREMES, **TEMPORALITY, **MONOTONIC, **PROVENANCE,
}  # fmt: skip


def metric_columns() -> dict[str, str]:
    """Return ``<kind>_columns`` -> the columns of that kind's table, as a view lists them."""
    return {f"{kind}_columns": ", ".join(f"`{name}`" for name in columns) for kind, columns in METRICS.items()}
