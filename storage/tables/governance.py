"""What detectors and policies say, and how far jobs have read."""

from __future__ import annotations

from storage.tables.columns import Columns

# Statements of detectors and policies.
FINDINGS: Columns = {
    "id": "String",
    "tenant": "LowCardinality(String)",
    "kind": "LowCardinality(String)",
    "source": "LowCardinality(String)",
    "version": "LowCardinality(String)",
    "signal": "LowCardinality(String)",
    "scope": "Map(LowCardinality(String), String)",
    "at": "DateTime64(3)",
    "observed": "Float64",
    "expected": "Float64",
    "unit": "LowCardinality(String)",
    "score": "Float64",
    "threshold": "Float64",
    "p_value": "Nullable(Float64)",
    "explanation": "String",
    "trace_id": "String",
    "span_id": "String",
    "version_ns": "UInt64",
}

# What a policy decided about a span.
POLICY_DECISIONS: Columns = {
    "decision_id": "String",
    "tenant": "LowCardinality(String)",
    "at": "DateTime64(3)",
    "trace_id": "String",
    "span_id": "String",
    "service": "LowCardinality(String)",
    "model": "LowCardinality(String)",
    "policy_id": "LowCardinality(String)",
    "version": "LowCardinality(String)",
    "digest": "LowCardinality(String)",
    "check_id": "LowCardinality(String)",
    "stage": "LowCardinality(String)",
    "action": "LowCardinality(String)",
    "verdict": "LowCardinality(String)",
    "reason": "LowCardinality(String)",
    "severity": "LowCardinality(String)",
    "entities": "Map(LowCardinality(String), UInt32)",
    "score": "Nullable(Float64)",
    "p_value": "Nullable(Float64)",
    "tokens_scored": "UInt32",
    "evidence": "String",
    "batch_id": "LowCardinality(String)",
    "version_ns": "UInt64",
}

# Findings grouped; body is the API shape as JSON.
INCIDENTS: Columns = {
    "id": "String",
    "tenant": "LowCardinality(String)",
    "state": "LowCardinality(String)",
    "severity": "LowCardinality(String)",
    "signal": "LowCardinality(String)",
    "title": "String",
    "scope": "Map(LowCardinality(String), String)",
    "started_at": "DateTime64(3)",
    "detected_at": "DateTime64(3)",
    "peak_at": "DateTime64(3)",
    "ended_at": "Nullable(DateTime64(3))",
    "body": "String",
    "deleted": "UInt8",
    "version_ns": "UInt64",
}

# How far a periodic job has read by time of ingest.
MARKS: Columns = {
    "name": "LowCardinality(String)",
    "at": "DateTime64(3)",
    "version_ns": "UInt64",
}
