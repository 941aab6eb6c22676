"""Every arm of the dialect tables fills its field; no value of any attribute can make an INSERT fail."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from storage.dialects.compile import Plan
from storage.dialects.fields import FIELDS, Arm
from storage.dialects.own import parse_mappings
from storage.dialects.registry import SHIPPED, placed_arms
from storage.dialects.trial import COLUMNS
from storage.engine import Engine
from storage.schema import prepare

START = datetime(2026, 11, 20, 10, tzinfo=UTC)
# Fields that fill a column of another name, or only together with others.
COLUMN = {"http_status": "error_type", "tokens_per_second": "tpot_ms"}
TEXTS = {"operation": "chat", "provider": "acme", "finish_reason": "stop"}
HOSTILE = (
    *(
        "",
        "None",
        "null",
        "nan",
        "inf",
        "-inf",
        "1e400",
        "-5",
        "0",
        "9" * 400,
        "[]",
        "{}",
        "[",
        '{"',
        '"',
        '""',
        "[[[[",
    ),
    *("true", "False", "\x00", "\ud7ff", "é" * 3000, "2026-13-45T99:99:99Z", '"0000-00-00T00:00:00Z"', "1e-400"),
    *("9999999999-01-01", "{'cached_tokens': 99999999999999999999}", '{"input": {"a": 1}, "total": "x"}', "[1, 2"),
    *("://", "https://", "\\", "'", "%", '{"input": 1e999, "id": 7}', "-9223372036854775809", "18446744073709551616"),
    *("0x10", " 12 ", "1_000", "+5", ".5", "5."),
)


def written(arm: Arm) -> tuple[str, Any]:
    """A value as the arm's form writes it, and what must stand in the field."""
    kind = FIELDS[arm.field].kind
    plain: Any = {"text": TEXTS.get(arm.field, "some"), "int": 12, "float": 2.5, "bool": True}[kind]
    if arm.values:
        return (arm.values[0].upper(), None if kind == "text" else True)
    text = str(plain).lower() if kind == "bool" else str(plain)
    match arm.form:
        case "json" | "json_host":
            return json.dumps(nested(arm.path, "https://some:1/x" if arm.form == "json_host" else plain)), plain
        case "json_sum":
            return json.dumps({f"{arm.path}_a": 5, f"{arm.path}_b": 7, "else": 9, "deep": {arm.path: 1}}), 12
        case "json_length":
            return json.dumps([{}] * 12), 12
        case "first":
            return json.dumps([plain, "other"]), plain
        case "quoted":
            return json.dumps(plain), plain
        case "seconds":
            return "0.0025", 2.5
        case "since_start":
            return '"2026-11-20T10:00:00.002500Z"', 2.5
        case "repr":
            return f"{{'other': 3, '{arm.path}': 12, 'more': None}}", 12
        case "host":
            return "https://some:8443/v1/", plain
        case "failure":
            return "SomeError: gone", "SomeError"
    return text, plain


def nested(path: str, value: Any) -> Any:
    for part in reversed(path.split(".")):
        value = [value] if part.startswith("[") else {part: value}
    return value


def span(number: int, attributes: dict[str, str], arm: Arm | None = None, **more: Any) -> tuple[object, ...]:
    scope = arm.scope if arm else ""
    resource = {arm.key: written(arm)[0]} if arm and arm.source == "resource" else {}
    return (
        START, f"{number:032x}", f"{number:016x}", more.get("name", "span"), "Client", "shop", resource, scope,
        attributes, 10**9, "default", "b", START,
    )  # fmt: skip


def store(
    engine: Engine, rows: list[tuple[object, ...]], columns: tuple[str, ...] = COLUMNS
) -> dict[int, dict[str, Any]]:
    engine.insert("otel_traces", rows, columns, token="arms")
    return {int(row["span_id"], 16): row for row in engine.query("SELECT * FROM llm_calls").dicts()}


def test_each_arm_alone_fills_its_field(engine: Engine) -> None:
    arms = [arm for name in FIELDS for _, arm in placed_arms(name) if arm.source != "event"]
    rows = []
    for number, arm in enumerate(arms, 1):
        attributes = {} if arm.field == "operation" else {"gen_ai.operation.name": "chat"}
        if arm.source == "span":
            attributes[arm.key] = written(arm)[0]
        if arm.field == "resend_count":
            attributes["gen_ai.usage.output_tokens"] = "1"
        if arm.field == "tokens_per_second":
            attributes["gen_ai.usage.output_tokens"] = "11"
        rows.append(span(number, attributes, arm))
    found = store(engine, rows)
    wrong = []
    for number, arm in enumerate(arms, 1):
        row = found.get(number)
        value = row and row[COLUMN.get(arm.field, arm.field)]
        wanted: Any = written(arm)[1]
        if arm.field == "http_status":
            wanted = ""  # 12 is no failure
        if arm.field == "tokens_per_second":
            wanted = 400.0
        if arm.field == "error_type" and wanted is None:
            wanted = "_OTHER"
        if arm.field == "operation":
            wanted = "mcp" if arm.key == "mcp.method.name" else value if wanted is None else wanted
        if row is None or value != wanted:
            wrong.append((arm.field, arm.key, arm.path, value, wanted))
    assert wrong == []
    assert len(arms) > 300


def test_the_first_arm_of_a_field_wins(engine: Engine) -> None:
    """All plain arms of a text at once: the one that is asked first counts, whatever the order of the attributes."""
    rows, wanted = [], {}
    for number, name in enumerate(("session_id", "user_id", "agent_name", "request_model", "response_id"), 1):
        keys = [
            arm.key for _, arm in placed_arms(name) if arm.source == "span" and arm.form == "plain" and not arm.scope
        ]
        keys = list(dict.fromkeys(keys))
        wanted[number] = (name, f"value of {keys[0]}")
        rows.append(
            span(number, {"gen_ai.operation.name": "chat"} | {key: f"value of {key}" for key in reversed(keys)})
        )
    found = store(engine, rows)
    assert {number: (name, found[number][name]) for number, (name, _) in wanted.items()} == wanted


def test_no_value_makes_an_insert_fail(engine: Engine) -> None:
    keys = sorted({arm.key for name in FIELDS for _, arm in placed_arms(name) if arm.source == "span"})
    rows = []
    for place, value in enumerate(HOSTILE):
        rows.append(span(1000 + place, {"gen_ai.operation.name": "chat"} | dict.fromkeys(keys, value)))
        rows += [
            span(2000 + place * 1000 + number, {"gen_ai.operation.name": "chat", key: value})
            for number, key in enumerate(keys)
        ]
    found = store(engine, rows)
    assert len(found) >= len(HOSTILE) * len(keys)
    for row in found.values():
        for name, field in FIELDS.items():
            value = row.get(COLUMN.get(name, name))
            if field.kind in ("int", "float") and isinstance(value, int | float):
                assert abs(value) < 1e300
                assert field.signed or value >= 0


def test_texts_of_emptiness_are_passed_over(engine: Engine) -> None:
    given = {
        "gen_ai.provider.name": "langchain",
        "gen_ai.system": "None",
        "llm.provider": "null",
        "llm.system": "openai",
    }
    (row,) = store(engine, [span(1, {"openinference.span.kind": "LLM", **given})]).values()
    assert row["provider"] == "openai"


@pytest.mark.parametrize(
    ("scope", "attributes", "name", "operation", "calls"),
    [
        ("langsmith", {"gen_ai.operation.name": "chat", "langsmith.span.kind": "chain"}, "x", "chain", 0),
        ("langsmith", {"gen_ai.operation.name": "chat", "langsmith.span.kind": "llm"}, "x", "chat", 1),
        ("", {"gen_ai.operation.name": "chat", "openinference.span.kind": "GUARDRAIL"}, "x", "guardrail", 0),
        ("", {"gen_ai.operation.name": "invoke_agent", "traceloop.span.kind": "workflow"}, "x", "invoke_workflow", 0),
        ("ai", {"ai.operationId": "ai.generateText"}, "x", "invoke_agent", 0),
        ("ai", {"ai.operationId": "ai.streamText.doStream"}, "x", "chat", 1),
        ("ai", {"ai.operationId": "ai.embedMany"}, "x", "chain", 0),
        ("litellm", {"gen_ai.operation.name": "chat"}, "raw_gen_ai_request", "chat", 0),
        ("", {"mcp.method.name": "tools/list"}, "x", "mcp", 0),
        ("", {"mcp.method.name": "acme/own"}, "x", "mcp", 0),
        ("", {"mcp.method.name": "tools/call"}, "x", "execute_tool", 0),
        ("", {"gen_ai.request.model": "gpt-4"}, "chat gpt-4", "chat", 1),
        ("vllm", {"gen_ai.usage.prompt_tokens": "3", "gen_ai.usage.completion_tokens": "4"}, "llm_request", "chat", 1),
    ],
)
def test_what_is_counted(
    engine: Engine, scope: str, attributes: dict[str, str], name: str, operation: str, calls: int
) -> None:
    row = span(1, attributes, name=name)
    (found,) = store(engine, [(*row[:7], scope, *row[8:])]).values()
    assert (found["operation"], found["is_llm_call"]) == (operation, calls)


@pytest.mark.parametrize("dialect", SHIPPED, ids=lambda dialect: dialect.name)
def test_a_dialect_is_told_by_its_scopes_and_by_its_keys(engine: Engine, dialect: Any) -> None:
    spans = [(scope.removesuffix("/") + "/x" if scope.endswith("/") else scope, {}) for scope in dialect.scopes]
    spans += [("", {key: "1"}) for key in dialect.keys]
    rows = []
    for number, (scope, attributes) in enumerate(spans, 1):
        row = span(number, {"gen_ai.operation.name": "chat", **attributes})
        rows.append((*row[:7], scope, *row[8:]))
    assert {row["dialect"] for row in store(engine, rows).values()} == {dialect.name}


def test_a_users_mapping_comes_before_the_shipped_ones(empty_engine: Engine) -> None:
    own = parse_mappings(
        "mappings:\n  - name: ours\n    keys: [acme.op]\n    fields:\n"
        "      - {field: session_id, key: acme.session}\n      - {field: operation, key: acme.op}\n"
        "    operations: {llm: rerank}\n",
        "own.yaml",
    )
    prepare(empty_engine, mappings=own)
    attributes = {"acme.op": "LLM", "acme.session": "a", "langfuse.session.id": "b", "gen_ai.operation.name": "chat"}
    (row,) = store(empty_engine, [span(1, attributes)]).values()
    assert (row["dialect"], row["session_id"], row["operation"]) == ("ours", "a", "rerank")


def test_numbers_of_keys_are_distinct() -> None:
    numbers = Plan.build().numbers()
    assert len(set(numbers.values())) == len(numbers)
