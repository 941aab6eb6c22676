"""Sums by minute, all mergeable."""

from __future__ import annotations

from storage.tables.columns import Columns

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
