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
