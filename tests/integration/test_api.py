"""The HTTP API on the real application and a real store: shapes, pages of lists, what is refused and how."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from dashboard.services import PolicyView, Ready, Services
from storage.control.store import Control, migrate_control, open_control
from storage.engine import Engine
from storage.schema import prepare
from tests.integration.api_rows import CALL_COLUMNS, SPANS, insert_all
from tests.serving import serving

NOW = datetime.now(UTC).replace(microsecond=0)
RFC3339 = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")
READY = {"accepting": True, "loading": True}


@pytest.fixture(scope="module")
def control(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Control]:
    url = f"sqlite:///{tmp_path_factory.mktemp('api') / 'control.sqlite'}"
    migrate_control(url)
    opened = open_control(url)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def store(chdb_store: Engine) -> Iterator[Engine]:
    engine = chdb_store.sibling("api")
    prepare(engine)
    insert_all(engine, NOW)
    yield engine
    engine.close()
    chdb_store.command("DROP DATABASE api SYNC")


@pytest.fixture(scope="module")
def api(store: Engine, control: Control) -> Iterator[httpx.Client]:
    services = Services(
        engine=store,
        control=control,
        ready=lambda: Ready(dict(READY)),
        stats=lambda: {"spans_stored": SPANS},
        policies=lambda: [PolicyView("privacy.one", "One", "privacy", "enforce", "1", "d" * 64)],
    )
    with serving(services) as base, httpx.Client(base_url=base, timeout=30) as client:
        yield client


def page(api: httpx.Client, path: str, **asked: Any) -> dict[str, Any]:
    answer = api.get(f"/api/v1/{path}", params=asked)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    found: dict[str, Any] = answer.json()
    return found


def everything(api: httpx.Client, name: str, **asked: Any) -> list[dict[str, Any]]:
    found, cursor = [], ""
    for _ in range(100):
        answer = page(api, name, cursor=cursor, **asked)
        found += answer[name]
        cursor = answer["next"] or ""
        if not cursor:
            return found
    raise AssertionError("the list has no end")


def test_incidents_have_their_shape(api: httpx.Client) -> None:
    found = page(api, "incidents")
    assert set(found) == {"incidents", "next"}
    one = found["incidents"][0]
    assert set(one) >= {
        "id", "state", "severity", "signal", "title", "scope", "started_at", "detected_at", "peak_at", "ended_at",
        "observed", "expected", "ratio", "unit", "affected", "causes", "unexplained_share", "exemplars", "finding_ids",
    }  # fmt: skip
    assert set(one["affected"]) == {"calls", "traces", "users", "sessions"}
    assert all(RFC3339.match(one[name]) for name in ("started_at", "detected_at", "peak_at"))
    assert page(api, f"incidents/{one['id']}") == one
    assert api.get("/api/v1/incidents/none-such").status_code == 404


def test_an_incident_is_acknowledged_with_a_note(api: httpx.Client) -> None:
    going_on = page(api, "incidents", state="open")["incidents"][0]["id"]
    told = api.post(f"/api/v1/incidents/{going_on}/state", json={"state": "acknowledged", "note": "rolled back"})
    assert (told.status_code, told.json()["state"]) == (200, "acknowledged")
    assert page(api, f"incidents/{going_on}")["state"] == "acknowledged"
    refused = api.post(f"/api/v1/incidents/{going_on}/state", json={"state": "gone"})
    assert refused.status_code == 422
    assert api.post("/api/v1/incidents/none/state", json={"state": "open"}).status_code == 404


def test_findings_and_decisions_have_their_shapes(api: httpx.Client) -> None:
    finding = page(api, "findings")["findings"][0]
    assert set(finding) >= {
        "id", "kind", "source", "version", "signal", "scope", "at", "score", "threshold", "p_value", "explanation",
        "trace_id", "span_id",
    }  # fmt: skip
    decision = page(api, "decisions")["decisions"][0]
    assert set(decision) >= {
        "id", "policy", "digest", "stage", "action", "verdict", "entities", "evidence", "trace_id", "span_id", "at",
    }  # fmt: skip
    assert RFC3339.match(finding["at"])
    assert RFC3339.match(decision["at"])
    assert page(api, "findings", kind="policy")["findings"] == []


def test_traces_have_their_shapes(api: httpx.Client) -> None:
    summary = page(api, "traces", limit=1)["traces"][0]
    assert RFC3339.match(summary["began"])
    trace = page(api, f"traces/{summary['trace_id']}")
    assert trace["trace_id"] == summary["trace_id"]
    assert len(trace["spans"]) == summary["spans"]
    assert set(trace["spans"][0]) >= {
        "span_id", "parent_span_id", "name", "kind", "service", "start_unix_nano", "duration_ns", "status",
        "status_message", "attributes", "resource", "events", "links", "call",
    }  # fmt: skip
    assert set(trace["spans"][0]["call"]) >= set(CALL_COLUMNS)
    assert api.get(f"/api/v1/traces/{'0' * 32}").status_code == 404


@pytest.mark.parametrize("name", ["incidents", "findings", "decisions", "traces"])
@pytest.mark.parametrize("limit", [1, 3, 7])
def test_cursors_lose_and_double_nothing(api: httpx.Client, name: str, limit: int) -> None:
    """Several rows of each list share one moment, so that the id must break ties."""
    key = "trace_id" if name == "traces" else "id"
    whole = [one[key] for one in page(api, name, limit=500)[name]]
    assert len(whole) == len(set(whole)) >= 8
    assert [one[key] for one in everything(api, name, limit=limit)] == whole


def test_search_and_filters(api: httpx.Client) -> None:
    failed = page(api, "traces", errors=True)["traces"]
    assert failed
    assert all(one["failed"] for one in failed)
    assert page(api, "traces", q="needle-in-an-attribute")["traces"][0]["name"] == "chat 3"
    assert page(api, "traces", q="nowhere")["traces"] == []
    assert page(api, "traces", service="api-test", model="model-1")["traces"]
    ended = (NOW - timedelta(days=3)).strftime("%Y-%m-%dT%H:%M:%SZ")
    began = (NOW - timedelta(days=4)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert page(api, "traces", **{"from": began, "to": ended}) == {"traces": [], "next": None, "searched_to": None}


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("traces?range=1y", 400, "range is one of"),
        ("traces?from=yesterday&to=today", 400, "RFC 3339"),
        ("traces?from=2026-01-01T00:00:00Z", 400, "both from and to"),
        ("traces?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", 400, "after from"),
        ("traces?from=2026-01-01T00:00:00&to=2026-01-02T00:00:00", 400, "zone"),
        ("traces?cursor=bm9uc2Vuc2U", 400, "cursor is the value of next"),
        ("traces?cursor=%00%ff", 400, "cursor"),
        ("traces?limit=0", 422, "limit"),
        ("traces?limit=1001", 422, "limit"),
        ("traces?limit=many", 422, "limit"),
        ("traces?slow_ms=-1", 422, "slow_ms"),
        ("traces?q=" + "x" * 201, 422, "q"),
        ("incidents?state=gone", 422, "state"),
    ],
)
def test_bad_input_is_told_what_is_wrong(api: httpx.Client, path: str, status: int, said: str) -> None:
    answer = api.get(f"/api/v1/{path}")
    assert answer.status_code == status
    error = answer.json()["error"]
    assert error["status"] == status
    assert said in error["message"]
    assert "Traceback" not in answer.text
    assert 'File "' not in answer.text


@pytest.mark.parametrize(
    "text",
    ["' OR 1=1 --", "'; DROP TABLE otel_traces; --", "\\", "\\'", "{q:String}", "%' OR '%", "\x00", "🦊", "a\tb\nc"],
)
def test_sql_in_a_parameter_is_text(api: httpx.Client, store: Engine, text: str) -> None:
    for name in ("q", "service", "model", "tenant"):
        assert page(api, "traces", **{name: text})["traces"] == []
    for name in ("policy", "verdict", "trace"):
        assert page(api, "decisions", **{name: text})["decisions"] == []
    for name in ("kind", "signal"):
        assert page(api, "findings", **{name: text})["findings"] == []
    assert store.query("SELECT count() FROM otel_traces").rows == [(SPANS,)]


def test_health_and_readiness(api: httpx.Client) -> None:
    assert api.get("/healthz").json() == {"status": "ok"}
    assert api.get("/readyz").json() == {"ready": True, "parts": READY}
    READY["loading"] = False
    try:
        answer = api.get("/readyz")
        assert (answer.status_code, answer.json()["ready"]) == (503, False)
    finally:
        READY["loading"] = True
    assert page(api, "stats") == {"spans_stored": SPANS}


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v1", "/api/v2/traces", "/api/v1/nothing", "//api//v1//no"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_unknown_path_is_a_json_404(api: httpx.Client, path: str, method: str) -> None:
    answer = api.request(method, f"{str(api.base_url).rstrip('/')}{path}")
    assert answer.status_code == 404
    assert answer.json()["error"]["status"] == 404


def test_the_description_is_served_from_here(api: httpx.Client) -> None:
    docs = api.get("/api/docs")
    asked = re.findall(r"(?:src|href)=\"([^\"]+)\"", docs.text)
    assert asked
    assert all(one.startswith("/api/docs/") for one in asked)
    for one in asked:
        assert api.get(one).status_code == 200
    paths = api.get("/api/openapi.json").json()["paths"]
    assert set(paths) >= {
        f"/api/v1/{name}" for name in ("incidents", "findings", "decisions", "stats", "traces", "traces/{trace_id}")
    }


def test_another_site_may_not_ask(api: httpx.Client) -> None:
    assert api.get("/api/v1/stats", headers={"Host": "evil.example"}).status_code == 421
    assert api.get("/api/v1/stats", headers={"Origin": "http://evil.example"}).status_code == 403
    body = {"state": "open"}
    crossed = api.post("/api/v1/incidents/x/state", json=body, headers={"Sec-Fetch-Site": "cross-site"})
    assert crossed.status_code == 403
    form = api.post("/api/v1/incidents/x/state", content="state=open", headers={"Content-Type": "text/plain"})
    assert form.status_code == 415
    huge = api.post("/api/v1/incidents/x/state", json={"state": "open", "note": "x" * 5 * 2**20})
    assert huge.status_code == 413


@pytest.mark.parametrize("path", ["/", "/traces/x", "/api/v1/stats", "/api/v1/nothing", "/healthz", "/assets/frame.js"])
def test_every_answer_carries_the_headers(api: httpx.Client, path: str) -> None:
    headers = api.get(path).headers
    policy = headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe-eval" not in policy
    assert "unsafe-inline" not in policy.split("style-src")[0]
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
