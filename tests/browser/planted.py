"""Traces as OTLP/JSON: a very long one, a bare one, and a short one of an agent whose tool failed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

LONG, NAKED, AGENT = "a1" * 16, "b2" * 16, "c3" * 16
REQUEST_SPANS = 2000


def long_trace(now: int, spans: int) -> Iterator[dict[str, Any]]:
    """Yield requests of one trace: a root, and below it a tree of calls."""
    whole = [_span(LONG, 1, 0, "a long job", now - 60 * 10**9, 60 * 10**9)]
    for number in range(2, spans + 1):
        start = now - 60 * 10**9 + number * 5 * 10**6
        whole.append(_span(LONG, number, max(1, number // 5), f"step {number % 37}", start, 4 * 10**6))
    for first in range(0, spans, REQUEST_SPANS):
        yield _request(whole[first : first + REQUEST_SPANS], "long-app")


def naked_trace(now: int) -> dict[str, Any]:
    """Return a trace of one span without name, attribute, resource or event."""
    bare = {"traceId": NAKED, "spanId": f"{77:016x}", "startTimeUnixNano": str(now), "endTimeUnixNano": str(now)}
    return {"resourceSpans": [{"scopeSpans": [{"spans": [bare]}]}]}


def agent_trace(now: int) -> dict[str, Any]:
    """Return an agent's trace: a model call, then a tool that failed."""
    start = now - 10**10
    tool = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "sql"}
    spans = [
        _span(AGENT, 1, 0, "agent", start, 9 * 10**9, {"gen_ai.operation.name": "invoke_agent"}),
        _span(AGENT, 2, 1, "chat", start + 10**9, 4 * 10**9, {"gen_ai.operation.name": "chat"}),
        _span(AGENT, 3, 1, "execute_tool sql", start + 5 * 10**9, 10**9, tool),
        _span(AGENT, 4, 1, "answer", start + 7 * 10**9, 10**9),
    ]
    spans[2]["status"] = {"code": 2, "message": "no such table"}
    return _request(spans, "agent-app")


def _span(
    trace: str, number: int, parent: int, name: str, start: int, length: int, attributes: dict[str, str] | None = None
) -> dict[str, Any]:
    return {
        "traceId": trace,
        "spanId": f"{number:016x}",
        "parentSpanId": f"{parent:016x}" if parent else "",
        "name": name,
        "startTimeUnixNano": str(start),
        "endTimeUnixNano": str(start + length),
        "attributes": _attributes(attributes or {}),
    }


def _attributes(named: dict[str, str]) -> list[dict[str, Any]]:
    return [{"key": key, "value": {"stringValue": value}} for key, value in named.items()]


def _request(spans: Sequence[dict[str, Any]], service: str) -> dict[str, Any]:
    resource = {"attributes": _attributes({"service.name": service})}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": list(spans)}]}]}
