"""The book of prices: files of own prices, what goes before what, and odd counts of tokens."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from storage.engine import Engine
from storage.lined import LinedError
from storage.prices.book import build_book
from storage.prices.line import UNITS, Line
from storage.prices.own import parse_prices
from storage.schema import prepare

NAMES = ("Timestamp", "TraceId", "SpanId", "SpanName", "ServiceName", "SpanAttributes", "Duration")
AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
USAGE = "gen_ai.usage."


def price(
    engine: Engine, *, model: str = "house", at: datetime = AT, provider: str = "", **tokens: int
) -> float | None:
    """Return what a call costs; names of tokens are those of the semantic conventions, a dot written as ``__``."""
    attributes = {"gen_ai.operation.name": "chat", "gen_ai.response.model": model, "gen_ai.provider.name": provider}
    attributes |= {f"{USAGE}{name.replace('__', '.')}": str(count) for name, count in tokens.items()}
    number = engine.query("SELECT count() FROM otel_traces").rows[0][0] + 1
    row = [at, f"{number:032x}", f"{number:016x}", "chat", "shop", attributes, 10**9]
    engine.insert("otel_traces", [row], NAMES, token=f"call-{number}")
    found = engine.query("SELECT cost_usd FROM llm_calls WHERE span_id = {id:String}", {"id": f"{number:016x}"}).rows
    cost: float | None = found[0][0]
    return cost


def with_prices(engine: Engine, text: str) -> None:
    prepare(engine, parse_prices(text, "own.yaml", "own own.yaml"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("prices:\n- usd_per_million: {input: 1}\n", "own.yaml:2: model: a text is needed here"),
        ("prices:\n- model: a\n", "own.yaml:2: usd_per_million: at least one price is needed"),
        ("prices:\n- model: a\n  usd_per_million: {input: -1}\n", "own.yaml:3: input: a number from 0 is needed here"),
        ("prices:\n- model: a\n  usd_per_million: {inputs: 1}\n", "own.yaml:3: inputs: no such field"),
        ("prices:\n- model: a\n  form: 3\n", "own.yaml:3: form: no such field"),
        ("prices:\n- {model: a, from: soon, usd_per_million: {input: 1}}\n", "own.yaml:2: from: a day such as"),
        (
            "prices:\n- {model: a, tier: cheap, usd_per_million: {input: 1}}\n",
            "own.yaml:2: tier: one of standard, batch",
        ),
        (
            "prices:\n- {model: a, hours: '22:00-02:00', usd_per_million: {input: 1}}\n",
            "own.yaml:2: hours: hours of one",
        ),
        ("prices:\n- {model: a, days: someday, usd_per_million: {input: 1}}\n", "own.yaml:2: days: some of mon tue"),
        ("gpus:\n- {name: a, usd_per_gpu_hour: 2}\n", "own.yaml:2: match: at least one is needed"),
        (
            "gpus:\n- {name: a, match: {model: x}, usd_per_gpu_hour: 2}\n",
            "own.yaml:2: concurrent_calls: a number from 1",
        ),
        ("price:\n- model: a\n", "own.yaml:1: price: no such field"),
        ("prices: [\n", "own.yaml:2: no YAML"),
    ],
)
def test_a_mistake_in_a_file_is_named_with_line_and_field(text: str, message: str) -> None:
    with pytest.raises(LinedError) as error:
        parse_prices(text, "own.yaml", "own")
    assert message in str(error.value)


def test_every_mistake_is_told_at_once() -> None:
    with pytest.raises(LinedError) as error:
        parse_prices("prices:\n- {model: a}\n- {usd_per_million: {input: 1}}\n", "own.yaml", "own")
    assert len(str(error.value).splitlines()) == 2


def test_a_unit_without_a_price_costs_what_its_kind_costs() -> None:
    line = Line("b", "p", "m", {"input": 4.0, "output": 8.0, "cache_write": 5.0})
    prices = dict(zip(UNITS, line.vector(), strict=True))
    assert prices["cache_read"] == prices["input_audio"] == prices["cache_audio_read"] == 4.0
    assert prices["cache_write_1h"] == 5.0
    assert prices["output_audio"] == prices["output_reasoning"] == 8.0
    assert prices["request"] == prices["hour"] == 0.0


def test_the_same_book_has_the_same_digest_and_another_price_another() -> None:
    own = parse_prices("prices: [{model: a, usd_per_million: {input: 1}}]", "own.yaml", "own")
    other = parse_prices("prices: [{model: a, usd_per_million: {input: 2}}]", "own.yaml", "own")
    assert build_book(own).digest() == build_book(own).digest()
    assert len({build_book(each).digest() for each in (own, other)} | {build_book().digest()}) == 3


def test_own_prices_go_before_the_shipped_ones_from_their_day_on(engine: Engine) -> None:
    with_prices(
        engine,
        """
prices:
  - {provider: openai, model: gpt-4o*, from: 2026-11-20, usd_per_million: {input: 1, output: 1}}
  - {model: "*-unheard-of", usd_per_million: {input: 7}, usd_per_call: 0.5}
""",
    )
    before = datetime(2026, 11, 19, 23, 59, tzinfo=UTC)
    tokens = {"input_tokens": 1_000_000}
    assert price(engine, model="gpt-4o", provider="openai", at=before, **tokens) == 2.5
    assert price(engine, model="gpt-4o", provider="openai", **tokens) == 1.0
    assert price(engine, model="gpt-4o-mini", provider="openai", **tokens) == 1.0
    assert price(engine, model="gpt-4o", provider="azure.ai.openai", **tokens) == 2.5
    assert price(engine, model="Quite-Unheard-Of", provider="somewhere", **tokens) == 7.5
    assert price(engine, model="unheard-of", **tokens) is None


def test_hours_and_sizes_of_own_prices(engine: Engine) -> None:
    with_prices(
        engine,
        """
prices:
  - {model: house, usd_per_million: {input: 4}}
  - {model: house, hours: "01:00-04:00", days: mon tue wed thu fri, usd_per_million: {input: 8}}
  - {model: house, above_input_tokens: 1000, usd_per_million: {input: 40}}
""",
    )
    night, saturday = datetime(2026, 11, 20, 3, 59, 59, tzinfo=UTC), datetime(2026, 11, 21, 2, tzinfo=UTC)
    assert price(engine, input_tokens=1000) == pytest.approx(0.004)
    assert price(engine, input_tokens=1001) == pytest.approx(1001 * 40 / 1e6)
    assert price(engine, at=night, input_tokens=100) == pytest.approx(0.0008)
    assert price(engine, at=night.replace(hour=4, minute=0, second=0), input_tokens=100) == pytest.approx(0.0004)
    assert price(engine, at=saturday, input_tokens=100) == pytest.approx(0.0004)


def test_odd_counts_of_tokens_never_cost_less_than_nothing(engine: Engine) -> None:
    with_prices(
        engine, "prices: [{model: house, usd_per_million: {input: 10, cache_read: 1, cache_write: 12, output: 100}}]"
    )
    # More cached than read in: they were counted apart.
    assert price(engine, input_tokens=100, cache_read__input_tokens=5000) == pytest.approx((1000 + 5000) / 1e6)
    assert price(
        engine, input_tokens=100, cache_read__input_tokens=60, cache_creation__input_tokens=60
    ) == pytest.approx((1000 + 60 + 720) / 1e6)
    # All of it was cached.
    assert price(engine, input_tokens=100, cache_read__input_tokens=100) == pytest.approx(100 / 1e6)
    # More thought than answered: it was counted apart.
    assert price(engine, output_tokens=10, reasoning__output_tokens=90) == pytest.approx(10_000 / 1e6)
    assert price(engine, input_tokens=0, output_tokens=0) == 0.0
    assert price(engine) is None
    assert price(engine, input_tokens=-5, output_tokens=1) == pytest.approx(100 / 1e6)
