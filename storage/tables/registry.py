"""Every table of the telemetry store and its ordered columns.

One list a table: inserts name its columns, selects read them, and a test holds each equal to ``DESCRIBE``.
"""

from __future__ import annotations

from collections.abc import Mapping

from storage.tables.calls import ATTRIBUTE_USES, LLM_CALLS
from storage.tables.columns import Columns
from storage.tables.governance import FINDINGS, INCIDENTS, MARKS, POLICY_DECISIONS
from storage.tables.inference import INFERENCE_METRICS
from storage.tables.logs import OTEL_LOGS
from storage.tables.metrics import METRIC_POINTS, METRIC_TABLES
from storage.tables.money import CORRECTIONS, COSTS_1H, PRICE_LINES
from storage.tables.rollups import CALLS_1M, ERRORS_1M, REDACTIONS_1M, SPANS_1M
from storage.tables.structures import AGENT_RUNS, TRACE_INDEX, TRACE_SUMMARIES
from storage.tables.traces import OTEL_TRACES

TABLES: Mapping[str, Columns] = {
    "otel_traces": OTEL_TRACES,
    "otel_logs": OTEL_LOGS,
    **METRIC_TABLES,
    "metric_points": METRIC_POINTS,
    "inference_metrics": INFERENCE_METRICS,
    "llm_calls": LLM_CALLS,
    "attribute_uses": ATTRIBUTE_USES,
    "calls_1m": CALLS_1M,
    "errors_1m": ERRORS_1M,
    "spans_1m": SPANS_1M,
    "redactions_1m": REDACTIONS_1M,
    "findings": FINDINGS,
    "policy_decisions": POLICY_DECISIONS,
    "incidents": INCIDENTS,
    "marks": MARKS,
    "corrections": CORRECTIONS,
    "price_lines": PRICE_LINES,
    "costs_1h": COSTS_1H,
    "trace_index": TRACE_INDEX,
    "trace_summaries": TRACE_SUMMARIES,
    "agent_runs": AGENT_RUNS,
}
