"""Traces as OTLP/JSON that a page must survive: a very long one, a bare one, and one whose texts would be code."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

LONG, NAKED, HOSTILE = "a1" * 16, "b2" * 16, "c3" * 16
MARKER = "planted7f3"
REQUEST_SPANS = 2000
COMPONENT = {
    "type": "Div",
    "namespace": "dash_html_components",
    "props": {"id": MARKER, "className": MARKER, "title": f"{MARKER}-title", "children": "I am a component"},
}
TEXTS = (
    "<img src=x onerror=window.planted=1>",
    "<script>window.planted=1</script>",
    "<svg onload=window.planted=1>",
    f"<marquee id={MARKER}>",
    "![a picture](https://evil.example/pixel.png)",
    "[click me](javascript:window.planted=1)",
    "<a href='javascript:window.planted=1'>here</a>",
    "https://evil.example/ and data:text/html,<script>window.planted=1</script>",
    "\x1b[31mred\x1b[0m \x1b]8;;https://evil.example\x07link\x1b]8;;\x07",
    "\u202egnirts desrever\u202c and \u2066isolated\u2069",
    '=HYPERLINK("https://evil.example";"a")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "{{ 7 * 7 }} ${7*7} {% raw %}",
    "%{customdata} <b>bold</b><br>",
    json.dumps(COMPONENT),
    json.dumps([COMPONENT]),
    "__dash_patch_update",
)


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


def hostile_trace(now: int) -> dict[str, Any]:
    """Return a trace with every text of ``TEXTS`` in every place that a page shows."""
    start = now - 10**10
    chat = {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": f"<b>{MARKER}</b>",
        "gen_ai.input.messages": json.dumps([{"role": "user", "parts": _parts()}, COMPONENT]),
        "gen_ai.output.messages": json.dumps([{"role": f"<b>{MARKER}", "parts": _parts(), "finish_reason": "stop"}]),
        **{f"key {text}": text for text in TEXTS},
    }
    tool = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "sql", "gen_ai.tool.call.arguments": TEXTS[14]}
    spans = [
        _span(HOSTILE, 1, 0, "agent", start, 9 * 10**9, {"gen_ai.operation.name": "invoke_agent"}),
        _span(HOSTILE, 2, 1, "chat", start + 10**9, 4 * 10**9, chat),
        _span(HOSTILE, 3, 1, "execute_tool sql", start + 5 * 10**9, 10**9, tool),
        *(_span(HOSTILE, 10 + at, 1, text, start + 6 * 10**9, 10**9) for at, text in enumerate(TEXTS)),
    ]
    spans[1]["events"] = [
        {"timeUnixNano": str(start), "name": text, "attributes": _attributes({"exception.message": text})}
        for text in TEXTS
    ]
    spans[2]["status"] = {"code": 2, "message": " ".join(TEXTS)}
    return _request(spans, f"hostile {TEXTS[0]}")


def _parts() -> list[dict[str, Any]]:
    said = [{"type": "text", "content": text} for text in TEXTS]
    odd = [{"type": "tool_call", "name": TEXTS[0], "id": "1", "arguments": COMPONENT}, {"type": "Div", **COMPONENT}]
    return [*said, *odd, COMPONENT]


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
