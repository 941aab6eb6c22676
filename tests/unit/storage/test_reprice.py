"""History stays when prices change, and is repriced once when that is asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from storage import corrections, reprice
from storage.engine import Engine
from storage.errors import StoreUnavailable
from storage.migrate import migrations
from storage.prices.book import build_book
from storage.prices.own import parse_prices
from storage.schema import prepare

START = datetime(2026, 11, 20, 22, tzinfo=UTC)
END = START + timedelta(days=2)
NAMES = ("Timestamp", "TraceId", "SpanId", "SpanName", "ServiceName", "SpanAttributes", "Duration")
OWN = parse_prices(
    """
prices:
  - {model: house-1, usd_per_million: {input: 4, output: 8}}
  - {provider: openai, model: gpt-4o*, from: 2026-11-21, usd_per_million: {input: 1, output: 2}}
gpus:
  - {name: rack, match: {service: farm}, usd_per_gpu_hour: 3.6, gpus: 2, concurrent_calls: 4}
""",
    "own.yaml",
    "own own.yaml",
)
ALL = "SELECT count(), sum(cost_usd) FROM llm_calls"
SUMS = "SELECT sum(calls), sum(cost_usd) FROM calls_1m"


def call(number: int, model: str, service: str = "shop", **more: object) -> list[object]:
    attributes = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": model,
        "gen_ai.usage.input_tokens": "1000",
        "gen_ai.usage.output_tokens": "100",
        **{key: str(value) for key, value in more.items()},
    }
    at = START + timedelta(hours=number % 5)
    return [at, f"{number:032x}", f"{number:016x}", "chat", service, attributes, 10 * 10**9]


@pytest.fixture
def filled(engine: Engine) -> Engine:
    """gpt-4o on two days, a model that nobody knows, a reported cost, and calls to own GPUs."""
    rows = [call(number, "gpt-4o") for number in range(10)]
    rows += [call(number, "house-1") for number in range(10, 15)]
    rows += [call(number, "gpt-4o", **{"gen_ai.usage.cost": 9.0}) for number in range(15, 20)]
    rows += [call(number, "llama", "farm") for number in range(20, 25)]
    engine.insert("otel_traces", rows, NAMES, token="calls")
    return engine


def costs(engine: Engine) -> list[tuple[object, ...]]:
    return engine.query("SELECT span_id, cost_usd, cost_source, price_id FROM llm_calls ORDER BY span_id").rows


def test_history_stays_when_the_book_changes_and_new_calls_use_it(filled: Engine) -> None:
    before, lines = costs(filled), filled.query("SELECT count() FROM price_lines").rows[0][0]
    prepare(filled, OWN)
    assert costs(filled) == before
    assert filled.query("SELECT count() FROM price_lines").rows[0][0] == lines + 3
    filled.insert("otel_traces", [call(n, "house-1") for n in (90, 91)] + [call(92, "gpt-4o")], NAMES, token="new")
    new = costs(filled)[-3:]
    assert [row[1] for row in new] == [0.0048, 0.0048, 0.0012]
    assert new[0][3] == "own own.yaml */house-1 from the start #" + new[0][3].rpartition("#")[2]  # type: ignore[union-attr]


def test_the_difference_is_shown_by_model_and_changes_nothing(filled: Engine) -> None:
    before = costs(filled)
    prepare(filled, OWN)
    found = {each.model: each for each in reprice.differences(filled, build_book(OWN), START, END)}
    assert found["house-1"].calls == found["house-1"].unpriced_before == 5
    assert found["house-1"].new_usd == pytest.approx(5 * 0.0048)
    # Six of ten lie on the 21st, from when the own price holds.
    assert (found["gpt-4o"].calls, found["gpt-4o"].unpriced_before) == (6, 0)
    assert found["gpt-4o"].old_usd == pytest.approx(6 * 0.0035)
    assert found["gpt-4o"].new_usd == pytest.approx(6 * 0.0012)
    # Ten seconds of two GPUs at 3.6 USD an hour, shared by four calls.
    assert found["llama"].new_usd == pytest.approx(5 * 3.6 * 2 / 4 * 10 / 3600)
    assert costs(filled) == before


def test_repricing_changes_calls_and_sums_once_and_leaves_reported_costs(filled: Engine) -> None:
    prepare(filled, OWN)
    book = build_book(OWN)
    found = reprice.reprice(filled, book, START, END, END)
    expected = 4 * 0.0035 + 6 * 0.0012 + 5 * 0.0048 + 5 * 9.0 + 5 * 0.005
    for sql in (ALL, SUMS):
        count, cost = filled.query(sql).rows[0]
        assert (count, cost) == (25, pytest.approx(expected))
    assert sum(each.calls for each in found) == 16
    sources = filled.query("SELECT cost_source, count() FROM llm_calls GROUP BY 1 ORDER BY 1").rows
    assert sources == [("computed", 15), ("gpu", 5), ("reported", 5)]
    assert filled.query("SELECT DISTINCT cost_usd FROM llm_calls WHERE cost_source = 'reported'").rows == [(9.0,)]
    assert reprice.reprice(filled, book, START, END, END) == []
    assert filled.query("SELECT count() FROM system.tables WHERE name LIKE 'repriced%'").rows[0][0] == 0


def test_only_the_asked_time_is_repriced(filled: Engine) -> None:
    prepare(filled, OWN)
    reprice.reprice(filled, build_book(OWN), START, START + timedelta(hours=1), END)
    priced = filled.query("SELECT countIf(cost_usd IS NOT NULL), count() FROM llm_calls WHERE model = 'house-1'").rows
    assert priced == [(1, 5)]


@pytest.mark.parametrize("statements", range(1, 22, 2))
def test_cut_short_it_is_finished_at_the_next_start_once(filled: Engine, statements: int) -> None:
    from tests.unit.storage.test_corrections import Cut

    prepare(filled, OWN)
    book = build_book(OWN)
    cut = Cut(filled.target)
    cut.left = statements
    with pytest.raises(StoreUnavailable):
        reprice.reprice(cut, book, START, END, END)
    cut.close()
    corrections.finish(filled)
    reprice.reprice(filled, book, START, END, END + timedelta(seconds=1))
    expected = 4 * 0.0035 + 6 * 0.0012 + 5 * 0.0048 + 5 * 9.0 + 5 * 0.005
    assert filled.query(SUMS).rows[0][1] == pytest.approx(expected)
    assert filled.query(ALL).rows[0][1] == pytest.approx(expected)


def test_costs_of_calls_that_were_there_before_are_summed_once(filled: Engine) -> None:
    """What the migration fills an upgraded store's sums with is what the view would have."""
    backfill = next(each for each in migrations() if each.name == "costs_of_before").statements[0]
    sums = """SELECT service, model, sum(calls), sum(input_tokens), sum(output_tokens), sum(cost_usd),
        sum(unpriced_calls), sum(unpriced_tokens) FROM costs_1h GROUP BY 1, 2 ORDER BY 1, 2"""
    by_the_view = filled.query(sums).rows
    filled.command(backfill)
    assert filled.query(sums).rows == by_the_view
    filled.command("TRUNCATE TABLE costs_1h")
    filled.command(backfill)
    assert [row[:5] for row in filled.query(sums).rows] == [row[:5] for row in by_the_view]
    assert [row[6:] for row in filled.query(sums).rows] == [row[6:] for row in by_the_view]
    assert [row[5] for row in filled.query(sums).rows] == pytest.approx([row[5] for row in by_the_view])
