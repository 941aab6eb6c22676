"""The ordered columns of every table, as the database describes them.

One list a table: inserts name its columns, selects read them, and a test holds each equal to ``DESCRIBE``.
"""

from __future__ import annotations

from collections.abc import Mapping

Columns = Mapping[str, str]

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

# One row a model, tool, retrieval or agent call.
LLM_CALLS: Columns = {
    "timestamp": "DateTime64(9)",
    "trace_id": "String",
    "span_id": "String",
    "parent_span_id": "String",
    "span_name": "LowCardinality(String)",
    "tenant": "LowCardinality(String)",
    "batch_id": "LowCardinality(String)",
    "ingested_at": "DateTime64(3)",
    "service": "LowCardinality(String)",
    "service_version": "LowCardinality(String)",
    "environment": "LowCardinality(String)",
    "region": "LowCardinality(String)",
    "dialect": "LowCardinality(String)",
    "operation": "LowCardinality(String)",
    "provider": "LowCardinality(String)",
    "request_model": "LowCardinality(String)",
    "response_model": "LowCardinality(String)",
    "model": "LowCardinality(String)",
    "response_id": "String",
    "session_id": "String",
    "user_id": "String",
    "agent_name": "LowCardinality(String)",
    "workflow_name": "LowCardinality(String)",
    "tool_name": "LowCardinality(String)",
    "prompt_name": "LowCardinality(String)",
    "prompt_version": "LowCardinality(String)",
    "server_address": "LowCardinality(String)",
    "input_tokens": "Nullable(Int64)",
    "output_tokens": "Nullable(Int64)",
    "total_tokens": "Nullable(Int64)",
    "cache_read_tokens": "Nullable(Int64)",
    "cache_write_tokens": "Nullable(Int64)",
    "reasoning_tokens": "Nullable(Int64)",
    "cost_usd": "Nullable(Float64)",
    "cost_source": "LowCardinality(String)",
    "duration_ms": "Float64",
    "ttft_ms": "Nullable(Float64)",
    "ttft_source": "LowCardinality(String)",
    "is_stream": "UInt8",
    "finish_reason": "LowCardinality(String)",
    "error_type": "LowCardinality(String)",
    "status": "LowCardinality(String)",
    "is_llm_call": "UInt8",
    "has_content": "UInt8",
    "declared_mark": "LowCardinality(String)",
    "redactions": "UInt32",
}

# Calls by minute, mergeable.
CALLS_1M: Columns = {
    "tenant": "LowCardinality(String)",
    "minute": "DateTime",
    "service": "LowCardinality(String)",
    "model": "LowCardinality(String)",
    "operation": "LowCardinality(String)",
    "region": "LowCardinality(String)",
    "target": "LowCardinality(String)",
    "status": "LowCardinality(String)",
    "calls": "SimpleAggregateFunction(sum, UInt64)",
    "llm_calls": "SimpleAggregateFunction(sum, UInt64)",
    "input_tokens": "SimpleAggregateFunction(sum, Int64)",
    "output_tokens": "SimpleAggregateFunction(sum, Int64)",
    "cache_read_tokens": "SimpleAggregateFunction(sum, Int64)",
    "reasoning_tokens": "SimpleAggregateFunction(sum, Int64)",
    "cost_usd": "SimpleAggregateFunction(sum, Float64)",
    "redactions": "SimpleAggregateFunction(sum, UInt64)",
    "duration_ms_sum": "SimpleAggregateFunction(sum, Float64)",
    "output_known": "SimpleAggregateFunction(sum, UInt64)",
    "log_duration_sum": "SimpleAggregateFunction(sum, Float64)",
    "log_duration_sq_sum": "SimpleAggregateFunction(sum, Float64)",
    "log_duration_known_sum": "SimpleAggregateFunction(sum, Float64)",
    "log_duration_known_sq_sum": "SimpleAggregateFunction(sum, Float64)",
    "log_output_sum": "SimpleAggregateFunction(sum, Float64)",
    "log_output_sq_sum": "SimpleAggregateFunction(sum, Float64)",
    "log_duration_output_sum": "SimpleAggregateFunction(sum, Float64)",
    "ttft_calls": "SimpleAggregateFunction(sum, UInt64)",
    "log_ttft_sum": "SimpleAggregateFunction(sum, Float64)",
    "log_ttft_sq_sum": "SimpleAggregateFunction(sum, Float64)",
    "duration_sketch": "AggregateFunction(quantilesDD(0.01, 0.5, 0.9, 0.95, 0.99), Float64)",
    "ttft_sketch": "AggregateFunction(quantilesDD(0.01, 0.5, 0.9, 0.95, 0.99), Float64)",
}

# Failed calls by minute and kind of error.
ERRORS_1M: Columns = {
    "tenant": "LowCardinality(String)",
    "minute": "DateTime",
    "service": "LowCardinality(String)",
    "model": "LowCardinality(String)",
    "operation": "LowCardinality(String)",
    "region": "LowCardinality(String)",
    "error_type": "LowCardinality(String)",
    "calls": "SimpleAggregateFunction(sum, UInt64)",
}

# All spans by minute.
SPANS_1M: Columns = {
    "tenant": "LowCardinality(String)",
    "minute": "DateTime",
    "service": "LowCardinality(String)",
    "span_kind": "LowCardinality(String)",
    "status": "LowCardinality(String)",
    "spans": "SimpleAggregateFunction(sum, UInt64)",
}

# What was redacted, counted by kind; never the text.
REDACTIONS_1M: Columns = {
    "tenant": "LowCardinality(String)",
    "minute": "DateTime",
    "service": "LowCardinality(String)",
    "kind": "LowCardinality(String)",
    "redacted": "SimpleAggregateFunction(sum, UInt64)",
}

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

TABLES: Mapping[str, Columns] = {
    "otel_traces": OTEL_TRACES,
    "llm_calls": LLM_CALLS,
    "calls_1m": CALLS_1M,
    "errors_1m": ERRORS_1M,
    "spans_1m": SPANS_1M,
    "redactions_1m": REDACTIONS_1M,
    "findings": FINDINGS,
    "policy_decisions": POLICY_DECISIONS,
    "incidents": INCIDENTS,
    "marks": MARKS,
}
