"""Calls priced by the store cost what the providers' published prices come to by hand: tests/data/priced_calls.csv.

A row says the unit prices in USD per million tokens, where and when they were published, the working, and its sum.
"""

from __future__ import annotations

import csv
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from storage.engine import Engine

TABLE = Path(__file__).parents[1] / "data" / "priced_calls.csv"
with TABLE.open(newline="") as _file:
    CALLS = list(csv.DictReader(_file))
PROVIDERS = {
    "openai", "anthropic", "gcp.gemini", "gcp.vertex_ai", "mistral_ai", "deepseek", "x_ai", "cohere", "aws.bedrock",
    "azure.ai.openai", "voyageai",
}  # fmt: skip
ATTRIBUTES = {
    "tier": "openai.response.service_tier",
    "provider": "gen_ai.provider.name",
    "model": "gen_ai.response.model",
    "input_tokens": "gen_ai.usage.input_tokens",
    "output_tokens": "gen_ai.usage.output_tokens",
    "cache_read_tokens": "gen_ai.usage.cache_read.input_tokens",
    "cache_write_tokens": "gen_ai.usage.cache_creation.input_tokens",
    "cache_write_1h_tokens": "gen_ai.usage.cache_creation.ephemeral_1h_input_tokens",
    "audio_input_tokens": "gen_ai.usage.audio.input_tokens",
    "audio_output_tokens": "gen_ai.usage.audio.output_tokens",
    "reasoning_tokens": "gen_ai.usage.reasoning.output_tokens",
}
UNITS = {
    "usd_input", "usd_output", "usd_cache_read", "usd_cache_write", "usd_cache_write_1h", "usd_audio_input",
    "usd_audio_output",
}  # fmt: skip
NAMES = ("Timestamp", "TraceId", "SpanId", "SpanName", "ServiceName", "SpanAttributes", "Duration")


def moment(call: dict[str, str]) -> datetime:
    return datetime.fromisoformat(call["at"])


def span(number: int, call: dict[str, str]) -> list[object]:
    attributes = {attribute: call[name] for name, attribute in ATTRIBUTES.items() if call[name]}
    operation = "chat" if call["output_tokens"] else "embeddings"
    row = {**attributes, "gen_ai.operation.name": operation}
    return [moment(call), f"{number + 1:032x}", f"{number + 1:016x}", "call", "table", row, 10**9]


@pytest.fixture
def priced(engine: Engine) -> dict[int, dict[str, object]]:
    """Each row of the table as a stored call, by its number; a statement may touch a hundred days."""
    for start in range(0, len(CALLS), 50):
        rows = [span(start + place, call) for place, call in enumerate(CALLS[start : start + 50])]
        engine.insert("otel_traces", rows, NAMES, token=f"table-{start}")
    stored = engine.query("SELECT span_id, cost_usd, cost_source, price_id, timestamp FROM llm_calls").dicts()
    return {int(row["span_id"], 16) - 1: row for row in stored}


def test_every_priced_call_costs_what_it_comes_to_by_hand(priced: dict[int, dict[str, object]]) -> None:
    wrong = []
    for number, call in enumerate(CALLS):
        row = priced[number]
        cost = row["cost_usd"]
        if cost is None or abs(float(cost) - float(call["usd"])) > 1e-9:  # type: ignore[arg-type]
            wrong.append(
                f"{call['provider']} {call['model']} {call['at']}: {cost} for {call['usd']} ({row['price_id']})"
            )
    assert wrong == []
    assert {row["cost_source"] for row in priced.values()} == {"computed"}
    assert all(row["price_id"] for row in priced.values())


def test_the_line_of_a_call_says_where_its_price_is_from(engine: Engine, priced: dict[int, dict[str, object]]) -> None:
    unknown = engine.query(
        "SELECT count() FROM llm_calls WHERE price_id NOT IN (SELECT id FROM price_lines WHERE source != '')"
    )
    assert unknown.rows == [(0,)]
    number = next(place for place, call in enumerate(CALLS) if call["model"] == "o3")
    line = engine.query("SELECT * FROM price_lines WHERE id = {id:String}", {"id": priced[number]["price_id"]}).dicts()
    assert [(each["units"], each["tier"]) for each in line] == [
        ({"input": 10.0, "cache_read": 2.5, "output": 40.0}, "standard")
    ]
    assert "openai.com" in line[0]["source"]


def test_the_table_is_wide_and_adds_up() -> None:
    assert len(CALLS) >= 60
    assert {call["provider"] for call in CALLS} == PROVIDERS
    assert {call["tier"] for call in CALLS} == {"", "batch", "flex", "priority"}
    for call in CALLS:
        terms = [term.split("*") for term in call["working"].split(" + ")]
        assert sum(Decimal(tokens) * Decimal(price) for tokens, price in terms) / 10**6 == Decimal(call["usd"])
        assert {Decimal(price) for _, price in terms} <= {Decimal(call[unit]) for unit in UNITS if call[unit]}
        assert call["source"].startswith("https://")
        assert datetime.fromisoformat(call["source_date"]).year >= 2023
