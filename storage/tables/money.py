"""Prices as they were used, and corrections of what is stored."""

from __future__ import annotations

from storage.tables.columns import Columns

# What is to be changed in stored rows, and how far it is done.
CORRECTIONS: Columns = {
    "id": "String",
    "kind": "LowCardinality(String)",
    "at": "DateTime64(3)",
    "steps": "String",
    "total": "UInt32",
    "done": "UInt32",
}

# Every price that was ever in a book.
PRICE_LINES: Columns = {
    "id": "String",
    "book": "LowCardinality(String)",
    "provider": "LowCardinality(String)",
    "model": "String",
    "tier": "LowCardinality(String)",
    "valid_from": "Nullable(DateTime('UTC'))",
    "above_input_tokens": "Int64",
    "since_second": "UInt32",
    "until_second": "UInt32",
    "days": "UInt8",
    "units": "Map(LowCardinality(String), Float64)",
    "source": "String",
    "first_seen": "DateTime64(3)",
}

# Model calls and their cost by the hour and by who pays.
COSTS_1H: Columns = {
    "tenant": "LowCardinality(String)",
    "hour": "DateTime",
    "service": "LowCardinality(String)",
    "team": "LowCardinality(String)",
    "api_key": "LowCardinality(String)",
    "provider": "LowCardinality(String)",
    "model": "LowCardinality(String)",
    "calls": "SimpleAggregateFunction(sum, Int64)",
    "failed": "SimpleAggregateFunction(sum, Int64)",
    "input_tokens": "SimpleAggregateFunction(sum, Int64)",
    "output_tokens": "SimpleAggregateFunction(sum, Int64)",
    "cache_read_tokens": "SimpleAggregateFunction(sum, Int64)",
    "cost_usd": "SimpleAggregateFunction(sum, Float64)",
    "unpriced_calls": "SimpleAggregateFunction(sum, Int64)",
    "unpriced_tokens": "SimpleAggregateFunction(sum, Int64)",
    "compared_calls": "SimpleAggregateFunction(sum, Int64)",
    "reported_usd": "SimpleAggregateFunction(sum, Float64)",
    "computed_usd": "SimpleAggregateFunction(sum, Float64)",
}
