"""What inference servers measure, by one name whatever the server calls it (``storage/inference``)."""

from __future__ import annotations

from storage.tables.columns import Columns

INFERENCE_METRICS: Columns = {
    "tenant": "LowCardinality(String)",
    "at": "DateTime64(3)",
    "engine": "LowCardinality(String)",
    "service": "LowCardinality(String)",
    "worker": "LowCardinality(String)",
    "model": "LowCardinality(String)",
    "role": "LowCardinality(String)",
    "measure": "LowCardinality(String)",
    "kind": "LowCardinality(String)",
    "series": "UInt64",
    "is_delta": "UInt8",
    "value": "Float64",
    "count": "UInt64",
    "bounds": "Array(Float64)",
    "buckets": "Array(UInt64)",
    "batch_id": "LowCardinality(String)",
    "ingested_at": "DateTime64(3)",
}
