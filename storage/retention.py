"""How long rows are kept: ClickHouse's own TTL, by whole day parts, so that expiry costs a file removal.

Roll-ups and decisions hold no content and are kept as long as the rows they speak of, so that nothing is shown of a
time whose traces are gone. Findings and incidents are few and stay.
"""

from __future__ import annotations

from storage.engine import Engine
from storage.tables.metrics import METRIC_TABLES

# table -> the expression of a row's time
AGED = {
    "otel_traces": "toDateTime(Timestamp)",
    "otel_logs": "TimestampTime",
    **dict.fromkeys(METRIC_TABLES, "toDateTime(TimeUnix)"),
    "inference_metrics": "toDateTime(at)",
    "llm_calls": "toDateTime(timestamp)",
    "attribute_uses": "toDateTime(day)",
    "calls_1m": "minute",
    "errors_1m": "minute",
    "costs_1h": "hour",
    "spans_1m": "minute",
    "redactions_1m": "minute",
    "policy_decisions": "toDateTime(at)",
    "trace_index": "toDateTime(ended_at)",
    "trace_summaries": "toDateTime(started_at)",
    "agent_runs": "toDateTime(started_at)",
}


def keep_days(engine: Engine, days: int) -> None:
    """Set the TTL of every table of telemetry to ``days`` after the row's own time; changes only what differs."""
    for table, time in AGED.items():
        wanted = f"{time} + toIntervalDay({int(days)})"
        if wanted not in _created(engine, table):
            engine.command(f"ALTER TABLE {table} MODIFY TTL {wanted}", settings={"materialize_ttl_after_modify": 0})


def _created(engine: Engine, table: str) -> str:
    rows = engine.query(
        "SELECT create_table_query FROM system.tables WHERE database = currentDatabase() AND name = {table:String}",
        {"table": table},
    ).rows
    return str(rows[0][0]) if rows else ""
