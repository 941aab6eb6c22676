"""A small store for the API's tests: ten of each thing, several at one moment, so that only ids can tell them apart."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from storage.engine import Engine

TRACES, SPANS_A_TRACE = 10, 2
SPANS = TRACES * SPANS_A_TRACE
CALL_COLUMNS = ("operation", "model", "input_tokens", "output_tokens", "duration_ms", "is_llm_call")


def insert_all(engine: Engine, now: datetime) -> None:
    """Insert traces (their calls follow by the views), incidents, findings and decisions of the last hours."""
    _insert(engine, "otel_traces", [_span(now, number, child) for number in range(TRACES) for child in (0, 1)])
    _insert(engine, "incidents", [_incident(now, number) for number in range(10)])
    _insert(engine, "findings", [_finding(now, number) for number in range(10)])
    _insert(engine, "policy_decisions", [_decision(now, number) for number in range(10)])


def _insert(engine: Engine, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    names = list(rows[0])
    engine.insert(table, [[row[name] for name in names] for row in rows], names, token=f"api-{table}")


def _at(now: datetime, number: int) -> datetime:
    """Three to a moment."""
    return now - timedelta(hours=1, minutes=number // 3)


def _span(now: datetime, number: int, child: int) -> dict[str, Any]:
    call = {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": f"model-{number % 3}",
        "gen_ai.usage.input_tokens": "10",
        "gen_ai.usage.output_tokens": "20",
        "note": "a needle-in-an-attribute" if number == 3 else "hay",
    }
    return {
        "Timestamp": _at(now, number),
        "TraceId": f"{number + 1:032x}",
        "SpanId": f"{2 * number + child + 1:016x}",
        "ParentSpanId": f"{2 * number + 1:016x}" if child else "",
        "SpanName": f"chat {number}",
        "SpanKind": "Client",
        "ServiceName": "api-test",
        "SpanAttributes": call,
        "Duration": 10**9 + child,
        "StatusCode": "Error" if number == 4 else "Ok",
        "BatchId": "api",
        "IngestedAt": now,
    }


def _incident(now: datetime, number: int) -> dict[str, Any]:
    began = _at(now, number)
    body = {
        "observed": 2400.0, "expected": 1000.0, "ratio": 2.4, "unit": "ms", "unexplained_share": 0.1,
        "affected": {"calls": 5, "traces": 5, "users": 2, "sessions": 3}, "finding_ids": [f"finding-{number}"],
        "causes": [{"slice": {"model": "model-1"}, "share_explained": 0.9, "selection": 2400.0, "baseline": 1000.0}],
        "exemplars": {"bad": [f"{1:032x}"], "good": [f"{2:032x}"]},
    }  # fmt: skip
    return {
        "id": f"incident-{number}",
        "state": "resolved" if number % 2 else "open",
        "severity": "warning",
        "signal": "latency",
        "title": f"Latency {number} is 2.4 times normal",
        "scope": {"service": "api-test"},
        "started_at": began,
        "detected_at": began + timedelta(minutes=1),
        "peak_at": began + timedelta(minutes=2),
        "ended_at": began + timedelta(minutes=5) if number % 2 else None,
        "body": json.dumps(body),
        "version_ns": 1,
    }


def _finding(now: datetime, number: int) -> dict[str, Any]:
    return {
        "id": f"finding-{number}",
        "kind": "anomaly",
        "source": "latency",
        "version": "1",
        "signal": "latency",
        "scope": {"service": "api-test"},
        "at": _at(now, number),
        "observed": 2400.0,
        "expected": 1000.0,
        "unit": "ms",
        "score": 9.5,
        "threshold": 4.0,
        "explanation": json.dumps({"why": "level"}),
        "trace_id": f"{1:032x}",
        "version_ns": 1,
    }


def _decision(now: datetime, number: int) -> dict[str, Any]:
    return {
        "decision_id": f"decision-{number}",
        "at": _at(now, number),
        "trace_id": f"{number + 1:032x}",
        "span_id": f"{2 * number + 1:016x}",
        "service": "api-test",
        "model": "model-1",
        "policy_id": "privacy.one",
        "version": "1",
        "digest": "d" * 64,
        "check_id": "email",
        "stage": "load",
        "action": "mask",
        "verdict": "violation",
        "reason": "masked",
        "severity": "warning",
        "entities": {"email": 1},
        "evidence": json.dumps({"spans": 1}),
        "version_ns": 1,
    }
