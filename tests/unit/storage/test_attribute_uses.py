"""Attributes are counted by name, each span once; what no dialect knows is told from what one does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dashboard.address import Scope, Window
from dashboard.read.unmapped import read_understanding
from storage.dialects.known import Known, folded, namespace
from storage.dialects.registry import SHIPPED
from storage.dialects.trial import COLUMNS
from storage.dialects.uses import AttributeUses
from storage.engine import Engine
from storage.marks import LONG_AGO, write_mark

NOW = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)
DAY = Window(NOW - timedelta(days=1), NOW)


def arrive(engine: Engine, at: datetime, spans: list[tuple[str, dict[str, str]]], batch: str = "b") -> None:
    rows = [
        (at, f"{n:032x}", f"{n:016x}", "s", "Client", "shop", {}, scope, attributes, 1, "default", batch, at)
        for n, (scope, attributes) in enumerate(spans, 1)
    ]
    engine.insert("otel_traces", rows, COLUMNS, token=f"{batch}-{at}")


def uses(engine: Engine) -> dict[str, int]:
    return dict(engine.query("SELECT key, sum(spans) FROM attribute_uses GROUP BY key").rows)


def test_each_span_is_counted_once_when_its_minute_is_over(engine: Engine) -> None:
    job = AttributeUses(engine, SHIPPED)
    given = {"gen_ai.operation.name": "chat", "acme.tag": "secret", "acme.3.x": "1", "acme.12.x": "2"}
    arrive(engine, NOW - timedelta(minutes=5), [("acme", given)] * 3 + [("acme", {"http.route": "/"})])
    arrive(engine, NOW - timedelta(seconds=20), [("acme", given)], "late")
    assert job.tick(NOW) == 1
    assert uses(engine) == {"": 4, "gen_ai.operation.name": 3, "acme.tag": 3, "acme.N.x": 3, "http.route": 1}
    assert job.tick(NOW) == 0
    assert job.tick(NOW + timedelta(minutes=5)) == 1
    assert uses(engine)["acme.tag"] == 4


def test_a_minute_counted_again_after_a_crash_changes_nothing(engine: Engine) -> None:
    """Killed between the insert and the mark, the job counts the minute again."""
    arrive(engine, NOW - timedelta(minutes=5), [("", {"acme.tag": "x"})])
    AttributeUses(engine, SHIPPED).tick(NOW)
    write_mark(engine, "attribute-uses", LONG_AGO, 2**63)
    engine.command("TRUNCATE TABLE marks")
    assert AttributeUses(engine, SHIPPED).tick(NOW) == 1
    assert uses(engine) == {"": 1, "acme.tag": 1}


def test_what_is_not_understood_is_told_with_whose_it_is(engine: Engine) -> None:
    call = {"gen_ai.operation.name": "chat", "acme.tag": "x", "http.route": "/", "gen_ai.prompt.3.content": "hello"}
    arrive(
        engine, NOW - timedelta(minutes=5), [("opentelemetry.instrumentation.genai.openai", call)] * 2 + [("web", {})]
    )
    AttributeUses(engine, SHIPPED).tick(NOW)
    found = read_understanding(engine, DAY, Scope(), SHIPPED)
    assert [(one.dialect, one.scope, one.spans, one.unmapped) for one in found.arrivals] == [
        ("genai", "opentelemetry.instrumentation.genai.openai", 2, 1),
        ("", "web", 1, 0),
    ]
    assert [(one.key, one.namespace, one.spans) for one in found.unmapped] == [
        ("acme.tag", "", 2),
        ("http.route", "http", 2),
    ]
    assert found.unmapped[0].dialects == ("genai",)
    assert read_understanding(engine, DAY, Scope(service="other"), SHIPPED).arrivals == []
    stored = str(engine.query("SELECT * FROM attribute_uses").rows)
    assert "hello" not in stored


@pytest.mark.parametrize(
    ("key", "name"),
    [("a.12.b", "a.N.b"), ("a.0", "a.N"), ("v2.x", "v2.x"), ("a.1.2.b", "a.N.N.b"), ("gpt4", "gpt4")],
)
def test_numbers_in_names_are_folded(engine: Engine, key: str, name: str) -> None:
    assert folded(key) == name
    arrive(engine, NOW - timedelta(minutes=5), [("", {key: "x"})])
    AttributeUses(engine, SHIPPED).tick(NOW)
    assert set(uses(engine)) == {"", name}


def test_known_attributes() -> None:
    known = Known.of(SHIPPED)
    for key in ("gen_ai.request.model", "gen_ai.request.seed", "llm.input_messages.7.message.content", "ai.settings.x"):
        assert known.has(key), key
    assert not known.has("acme.tag")
    assert namespace("http.route") == "http"
    assert namespace("gen_ai.x") == ""
