"""Budgets: the file, the forecast's coverage on series it was not made from, and where a budget stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from analytics.budgets.budget import Budget, parse_budgets
from analytics.budgets.forecast import forecast
from analytics.budgets.standing import standings
from storage.engine import Engine
from storage.lined import LinedError

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def test_a_file_of_budgets_is_read() -> None:
    found = parse_budgets(
        "budgets:\n- {name: all, usd_per_month: 2000}\n- {name: shop, usd_per_month: 1.5, match: {service: Shop*}}\n",
        "b",
    )
    assert found == (Budget("all", 2000.0), Budget("shop", 1.5, {"service": "shop*"}))
    assert found[1].covers({"service": "SHOP-eu"})
    assert not found[1].covers({"service": "the shop"})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("budgets:\n- name: a\n", "b.yaml:2: usd_per_month: a number from 0.01 is needed here"),
        ("budgets:\n- {name: a, usd_per_month: -3}\n", "b.yaml:2: usd_per_month: a number from 0.01 is needed here"),
        ("budgets:\n- name: a\n  usd_per_month: 3\n  team: x\n", "b.yaml:4: team: no such field"),
        ("budgets:\n- name: a\n  usd_per_month: 3\n  match: {teams: x}\n", "b.yaml:4: teams: no such field"),
        (
            "budgets:\n- {name: a, usd_per_month: 3}\n- {name: a, usd_per_month: 4}\n",
            "b.yaml:2: name: there are two budgets named a",
        ),
        ("budgets: 3\n", "b.yaml:1: budgets: a list of entries"),
        ("- 3\n", "b.yaml:1: it holds lists: budgets"),
        ("budgets: [\n", "b.yaml:2: no YAML"),
    ],
)
def test_a_mistake_is_named_with_its_line(text: str, message: str) -> None:
    with pytest.raises(LinedError) as error:
        parse_budgets(text, "b.yaml")
    assert message in str(error.value)


def test_a_steady_week_is_laid_over_the_days_that_are_left() -> None:
    week = [10.0, 10, 10, 10, 10, 2, 2]
    found = forecast(week * 4, 50.0, 7.0)
    assert found is not None
    assert (found.usd, found.low, found.high) == pytest.approx((104.0, 104.0, 104.0))
    # Three days on from a Monday are all working days; half of the first is over.
    found = forecast(week * 4, 50.0, 2.5)
    assert found is not None
    assert found.usd == pytest.approx(75.0)


def test_few_days_give_a_wide_interval_and_fewer_none() -> None:
    rng = np.random.default_rng(1)
    days = list(rng.gamma(20, 5, 28))
    assert forecast(days[:6], 0, 10) is None
    widths = []
    for count in (7, 14, 28):
        found = forecast(days[:count], 0, 10)
        assert found is not None
        widths.append(found.high - found.low)
    assert widths[0] > widths[2]


@pytest.mark.parametrize("correlation", [0.0, 0.4])
@pytest.mark.parametrize("known", [10, 28])
def test_the_interval_holds_about_four_months_in_five(known: int, correlation: float) -> None:
    rng = np.random.default_rng(known)
    week = np.array([10, 11, 12, 11, 10, 4, 3]) if known == 28 else np.full(7, 10)
    held = 0
    for _ in range(600):
        noise = np.zeros(known + 15)
        shocks = rng.normal(0, 0.2, known + 15)
        for place in range(1, known + 15):
            noise[place] = correlation * noise[place - 1] + shocks[place]
        days = np.maximum(0, week[np.arange(known + 15) % 7] * (1 + noise))
        found = forecast(list(days[:known]), 0, 15)
        assert found is not None
        held += found.low <= days[known:].sum() <= found.high
    assert 0.7 <= held / 600 <= 0.92


def fill(engine: Engine, days: int, usd: float, **columns: str) -> None:
    rows = [
        [NOW - timedelta(days=number), f"{number:032x}", f"{number:016x}", 1, usd, *columns.values()]
        for number in range(days)
    ]
    engine.insert(
        "llm_calls", rows, ["timestamp", "trace_id", "span_id", "is_llm_call", "cost_usd", *columns], token=usd
    )


def test_budgets_stand_where_the_calls_have_brought_them(engine: Engine) -> None:
    fill(engine, 40, 10.0, service="shop", team="web")
    fill(engine, 3, 1.0, service="lab", team="research")
    budgets = (
        Budget("all", 10_000),
        Budget("shop", 200, {"service": "shop"}),
        Budget("tight", 280, {"team": "web"}),
        Budget("lab", 50, {"service": "l*"}),
        Budget("nobody", 50, {"model": "none"}),
    )
    found = {each.budget.name: each for each in standings(engine, budgets, NOW)}
    assert found["shop"].spent_usd == pytest.approx(250)
    # Half of the 25th and five whole days of 10 are to come.
    assert found["shop"].forecast is not None
    assert found["shop"].forecast.usd == pytest.approx(305)
    states = {name: each.state for name, each in found.items()}
    assert states == {
        "all": "ok",
        "shop": "exceeded",
        "tight": "at_risk",
        "lab": "insufficient_data",
        "nobody": "insufficient_data",
    }
    assert found["shop"].left_share == pytest.approx(-0.25)
    assert found["lab"].spent_usd == pytest.approx(3)
