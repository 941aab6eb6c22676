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
