"""Spans as an application would send them, written out by hand so that a test can put anything into them."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping, Sequence
from typing import Any

import requests

from storage.engine import Engine
from tests.browser.shown import Shown

Attributes = Mapping[str, Any]


def span(name: str, trace: str, parent: str = "", **more: Any) -> dict[str, Any]:
    """Return one OTLP/JSON span that began a second ago; ``more`` replaces its fields."""
    began = time.time_ns() - 10**9
    return {
        "traceId": trace,
        "spanId": secrets.token_hex(8),
        "parentSpanId": parent,
        "name": name,
        "kind": 3,
        "startTimeUnixNano": str(began),
        "endTimeUnixNano": str(began + 250_000_000),
        **more,
    }


def attributes(found: Attributes) -> list[dict[str, Any]]:
    """Return attributes in OTLP/JSON."""
    return [{"key": key, "value": _value(value)} for key, value in found.items()]


def send(site: Shown, spans: Sequence[Mapping[str, Any]], resource: Attributes | None = None) -> None:
    """Send spans by HTTP/JSON, and wait until all are stored."""
    body = {
        "resourceSpans": [
            {
                "resource": {"attributes": attributes(resource or {"service.name": "browser-test"})},
                "scopeSpans": [{"scope": {"name": "browser-test"}, "spans": list(spans)}],
            }
        ]
    }
    answer = requests.post(site.collector.http, json=body, timeout=20)
    assert answer.status_code == 200, answer.text
    trace = spans[0]["traceId"]
    until = time.monotonic() + 30
    while _stored(site.engine, trace) < len(spans):
        assert time.monotonic() < until, "the spans were not stored in time"
        time.sleep(0.05)


def new_trace() -> str:
    """Return an id that no other trace has."""
    return secrets.token_hex(16)


def _stored(engine: Engine, trace: str) -> int:
    rows = engine.query("SELECT count() FROM otel_traces WHERE TraceId = {trace:String}", {"trace": trace}).rows
    return int(rows[0][0])


def _value(found: object) -> dict[str, Any]:
    match found:
        case bool():
            return {"boolValue": found}
        case int():
            return {"intValue": str(found)}
        case float():
            return {"doubleValue": found}
        case dict():
            return {"kvlistValue": {"values": attributes(found)}}
        case list():
            return {"arrayValue": {"values": [_value(one) for one in found]}}
        case _:
            return {"stringValue": str(found)}
