"""What a stopped store takes on the disk a span: the columns that hold content, the other columns, the other tables.

python -m bench.disk STORE_URL      prints one JSON object
"""

from __future__ import annotations

import json
import sys

from storage.engine import Engine

# Columns of otel_traces that hold what was said; all else tells when, where and how.
CONTENT = ("SpanAttributes", "Events.Attributes", "Links.Attributes", "StatusMessage")
COLUMNS = """
SELECT table, column, sum(column_bytes_on_disk) AS bytes, sum(column_data_uncompressed_bytes) AS plain
FROM system.parts_columns WHERE active AND database = currentDatabase() GROUP BY table, column"""
PARTS = """
SELECT table, sum(rows) AS rows, sum(bytes_on_disk) AS bytes, count() AS parts
FROM system.parts WHERE active AND database = currentDatabase() GROUP BY table"""


def measure(url: str) -> dict[str, object]:
    """Return bytes a span of ``otel_traces`` by what holds them."""
    engine = Engine.open(url)
    try:
        columns = engine.query(COLUMNS).dicts()
        parts = {row["table"]: row for row in engine.query(PARTS).dicts()}
    finally:
        engine.close()
    spans = parts["otel_traces"]["rows"]
    traces = [row for row in columns if row["table"] == "otel_traces"]
    content = sum(row["bytes"] for row in traces if row["column"] in CONTENT)
    plain = sum(row["plain"] for row in traces if row["column"] in CONTENT)
    whole = parts["otel_traces"]["bytes"]
    rest = {table: row["bytes"] for table, row in parts.items() if table != "otel_traces"}
    a_span = {
        "content": content,
        "content_uncompressed": plain,
        "other_columns_and_indexes": whole - content,
        "llm_calls": rest.pop("llm_calls", 0),
        "policy_decisions": rest.pop("policy_decisions", 0),
        "all_other_tables": sum(rest.values()),
    }
    total = sum(size for name, size in a_span.items() if name != "content_uncompressed")
    return {
        **{name: round(size / spans, 1) for name, size in {**a_span, "total": total}.items()},
        "spans": spans,
        "parts": parts["otel_traces"]["parts"],
    }


if __name__ == "__main__":
    json.dump(measure(sys.argv[1]), sys.stdout)
