"""What calls cost, over the API: by dimension, without a price, by budget, and priced again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import pytest

from analytics.budgets.budget import Budget
from dashboard.services import Services
from spanwarden.money import Money
from storage.control.store import migrate_control, open_control
from storage.engine import Engine
from storage.prices.own import parse_prices
from storage.schema import prepare
from tests.serving import serving

AT = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
CALLS = """INSERT INTO otel_traces (Timestamp, TraceId, SpanId, SpanName, SpanKind, ServiceName, SpanAttributes,
    Duration, StatusCode, ResourceAttributes, Tenant)
SELECT {at:DateTime} - number, leftPad(hex(number + 1), 32, '0'), leftPad(hex(number + 1), 16, '0'), 'chat', 'Client',
    if(number % 2 = 0, 'shop', 'desk'),
    map('gen_ai.operation.name', 'chat', 'gen_ai.provider.name', 'openai',
        'gen_ai.request.model', if(number < 6, 'gpt-4o-mini', 'orchard-9b'),
        'gen_ai.usage.input_tokens', '1000', 'gen_ai.usage.output_tokens', '100',
        'litellm.team.alias', if(number = 0, 'blue', '')),
    1000000, if(number = 1, 'Error', 'Unset'), map('service.name', 'x'), 'default' FROM numbers(10)"""
INPUT_ALONE = """INSERT INTO otel_traces (Timestamp, TraceId, SpanId, SpanName, SpanKind, ServiceName,
    SpanAttributes, Tenant)
SELECT {at:DateTime} - 1, repeat('e', 32), repeat('e', 16), 'embeddings', 'Client', 'shop',
    map('gen_ai.operation.name', 'embeddings', 'gen_ai.provider.name', 'openai',
        'gen_ai.request.model', 'orchard-embed', 'gen_ai.usage.input_tokens', '1000'), 'default'"""
SUMS = """SELECT (SELECT sum(cost_usd) FROM llm_calls), (SELECT sum(cost_usd) FROM calls_1m),
    (SELECT sum(cost_usd) FROM costs_1h)"""
# 1,000 tokens in at 0.15 and 100 out at 0.6 USD a million.
MINI = 1000 * 0.15e-6 + 100 * 0.6e-6
OWN = """prices:
  - {provider: openai, model: orchard-9b, usd_per_million: {input: 1, output: 10}}
"""


@dataclass
class Costs:
    """The API, the store behind it, and what the prices in force can be changed through."""

    api: httpx.Client
    engine: Engine
    money: Money

    def get(self, path: str, **asked: str) -> list[dict[str, object]]:
        answer = self.api.get(f"/api/v1/{path}", params=asked)
        assert answer.status_code == 200, answer.text
        return list(answer.json()[path.rsplit("/", 1)[-1]])


@pytest.fixture
def costs(engine: Engine, tmp_path: Path) -> Iterator[Costs]:
    url = f"sqlite:///{tmp_path / 'control.sqlite'}"
    migrate_control(url)
    control = open_control(url)
    engine.command(CALLS, {"at": AT})
    own = parse_prices(OWN, "own.yaml", "own.yaml")
    money = Money(engine, own, (Budget("all", 0.0010), Budget("desk", 10.0, {"service": "desk"})))
    services = Services(engine=engine, control=control, budgets=money.standings, reprice=money.reprice)
    with serving(services) as base, httpx.Client(base_url=base, timeout=60) as client:
        yield Costs(client, engine, money)
    control.close()


def test_costs_are_told_by_each_dimension(costs: Costs) -> None:
    first, second = costs.get("costs")
    assert (first["value"], first["calls"], first["failed"], first["tokens_in"]) == ("gpt-4o-mini", 6, 1, 6000)
    assert first["cost"] == pytest.approx(6 * MINI, rel=1e-12)
    assert (second["value"], second["unpriced"], second["cost_per_thousand"]) == ("orchard-9b", 4, None)
    by_service = {one["value"]: one for one in costs.get("costs", by="service")}
    assert {name: one["calls"] for name, one in by_service.items()} == {"shop": 5, "desk": 5}
    assert {one["value"]: one["calls"] for one in costs.get("costs", by="team")} == {"blue": 1, "": 9}
    assert costs.api.get("/api/v1/costs", params={"by": "moon"}).status_code == 400


def test_models_without_a_price_are_listed_with_their_volume(costs: Costs) -> None:
    (one,) = costs.get("prices/unpriced")
    assert (one["model"], one["calls"], one["tokens"]) == ("orchard-9b", 4, 4400)
    assert one["share"] == pytest.approx(0.4)


def test_budgets_stand_where_the_calls_put_them(costs: Costs) -> None:
    whole, desk = costs.get("budgets")
    month = date(AT.year, AT.month, 1)
    assert (whole["month"], whole["name"], desk["match"]) == (month.isoformat(), "all", {"service": "desk"})
    spent = costs.engine.query("SELECT sum(cost_usd) FROM costs_1h WHERE hour >= {month:Date}", {"month": month}).rows
    assert whole["spent_usd"] == pytest.approx(spent[0][0])
    assert desk["state"] == "insufficient_data"


def test_repricing_shows_the_difference_and_then_makes_it(costs: Costs) -> None:
    # As after a start with a file of own prices.
    prepare(costs.engine, costs.money.own)
    body = {"from": "2026-01-01T00:00:00Z", "to": "2100-01-01T00:00:00Z"}
    shown = costs.api.post("/api/v1/reprice", json=body).json()["differences"]
    assert [(one["model"], one["calls"], one["unpriced_before"]) for one in shown] == [("orchard-9b", 4, 4)]
    assert shown[0]["new_usd"] == pytest.approx(4 * 0.002)
    assert costs.get("prices/unpriced"), "a dry run changes nothing"
    costs.api.post("/api/v1/reprice", json={**body, "dry_run": False})
    assert costs.get("prices/unpriced") == []
    assert costs.engine.query(SUMS).rows[0] == pytest.approx([6 * MINI + 4 * 0.002] * 3)
    assert costs.api.post("/api/v1/reprice", json={"from": body["to"], "to": body["from"]}).status_code == 400


def test_a_call_that_counts_input_alone_is_without_a_price_too(costs: Costs) -> None:
    costs.engine.command(INPUT_ALONE, {"at": AT})
    (listed,) = [one for one in costs.get("prices/unpriced") if one["model"] == "orchard-embed"]
    (told,) = [one for one in costs.get("costs") if one["value"] == "orchard-embed"]
    assert (told["unpriced"], told["cost_per_thousand"]) == (listed["calls"], None) == (1, None)
