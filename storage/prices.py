"""Prices of models as a dictionary in the store, so that a call is priced while it is loaded.

The source is the ``genai-prices`` package as installed. Names that it lists are looked up exactly; names that it only
describes (``gpt-4o-mini-*``) are found by one multi-pattern scan, in the package's own order, and only when the exact
look-up found nothing. A price is USD per million tokens. Input tokens include the cached ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version

from genai_prices.data_snapshot import get_snapshot
from genai_prices.types import (
    ClauseContains,
    ClauseEndsWith,
    ClauseEquals,
    ClauseOr,
    ClauseRegex,
    ClauseStartsWith,
    ModelInfo,
    TieredPrices,
)

from storage.engine import Engine
from storage.otlp import literal

# The provider names of OpenTelemetry's conventions, where the package has another.
PROVIDERS = {
    "aws": ("aws.bedrock",),
    "azure": ("azure.ai.openai", "azure.ai.inference"),
    "google": ("gcp.gemini", "gcp.vertex_ai"),
    "mistral": ("mistral_ai",),
    "x-ai": ("x_ai",),
    "moonshotai": ("moonshot_ai",),
    "together": ("together_ai",),
}
UNITS = ("input_mtok", "output_mtok", "cache_read_mtok", "cache_write_mtok")
COLUMNS = ("provider", "model", *UNITS, "tier_from", *(f"tier_{unit}" for unit in UNITS))

TABLE = """CREATE OR REPLACE TABLE model_prices
(provider String, model String, {prices}, tier_from Nullable(Int64), {tiers},
id UInt64 MATERIALIZED if(provider = 'pattern', toUInt64OrZero(model), cityHash64(provider, model)))
ENGINE = MergeTree ORDER BY (provider, model) COMMENT {comment}"""
DICTIONARY = """CREATE OR REPLACE DICTIONARY model_price
(id UInt64, {prices}, tier_from Nullable(Int64), {tiers})
PRIMARY KEY id SOURCE(CLICKHOUSE(TABLE 'model_prices' DB {database}{login}))
LIFETIME(0) LAYOUT(HASHED()) COMMENT {comment}"""

# Patterns are rows of this provider, named by their number, which is their id too. The id of any other row is the hash
# of its names, since a number is found faster than two texts; that two of 5,000 are alike is a chance of 10^-12.
PATTERN = "pattern"


@dataclass(frozen=True, slots=True)
class PriceBook:
    """``rows`` in the order of COLUMNS; ``patterns`` are RE2 over ``provider + newline + model``, the first wins."""

    rows: list[tuple[object, ...]]
    patterns: list[str]


def build_book(now: datetime) -> PriceBook:
    """Write out the package's prices as they hold at ``now``."""
    rows: dict[tuple[str, str], tuple[object, ...]] = {}
    patterns: list[str] = []
    snapshot = get_snapshot()
    for provider in snapshot.providers:
        names = (*PROVIDERS.get(provider.id, ()), provider.id)
        for model in provider.models:
            prices = _prices(model, now)
            if prices is None:
                continue
            for exact in {model.id, *_exact(model.match)}:
                if provider.find_model(exact) is model:
                    rows.update(((name, exact.lower()), (name, exact.lower(), *prices)) for name in names)
                    if provider.model_match and provider.model_match.is_match(exact):
                        rows.setdefault(("", exact.lower()), ("", exact.lower(), *prices))
            for pattern in _patterns(model.match):
                known = "|".join([*map(re.escape, names), *([""] if provider.model_match else [])])
                patterns.append(f"^({known})\\n{pattern}")
                rows[PATTERN, str(len(patterns))] = (PATTERN, str(len(patterns)), *prices)
    return PriceBook(list(rows.values()), patterns)


def install_prices(engine: Engine, book: PriceBook) -> None:
    """Put the book into the store unless the same release of the package is there already."""
    comment = literal(f"genai-prices {version('genai-prices')} {len(book.rows)} by id")
    prices = ", ".join(f"{unit} Nullable(Float64)" for unit in UNITS)
    tiers = ", ".join(f"tier_{unit} Nullable(Float64)" for unit in UNITS)
    present = engine.query(
        "SELECT count() FROM system.tables WHERE database = currentDatabase()"
        f" AND name IN ('model_prices', 'model_price') AND comment = {comment}"
    ).rows[0][0]
    if present == 2:
        return
    engine.command(TABLE.format(prices=prices, tiers=tiers, comment=comment))
    engine.insert("model_prices", book.rows, COLUMNS, token=f"prices-{comment}")
    engine.command(
        DICTIONARY.format(
            prices=prices,
            tiers=tiers,
            comment=comment,
            database=literal(engine.target.database),
            login=_login(engine.target.arguments),
        )
    )


def _login(arguments: Mapping[str, object]) -> str:
    """Return as whom a server's dictionary reads the table: without a name it is ``default`` without a password."""
    user, password = str(arguments.get("username", "")), str(arguments.get("password", ""))
    if user in ("", "default") and not password:
        return ""
    return f" USER {literal(user)} PASSWORD {literal(password)}"


def price_key(provider: str, model: str, patterns: list[str]) -> str:
    """Return SQL of the dictionary key of a call's price; a key that is not there means that no price is known."""
    array = "[" + ", ".join(literal(pattern) for pattern in patterns) + "]"
    name = f"lower({model})"
    key = f"cityHash64({provider}, {name})"
    return (
        f"multiIf({model} = '', toUInt64(0), dictHas('model_price', {key}), {key},"
        f" toUInt64(arrayMin(multiMatchAllIndices(concat({provider}, '\\n', {name}), {array}))))"
    )


def _prices(model: ModelInfo, now: datetime) -> tuple[object, ...] | None:
    """Return the unit prices, the first tier's start and its prices; None when tokens have no price."""
    price = model.get_prices(now)
    units = [getattr(price, unit) for unit in UNITS]
    if units[0] is None and units[1] is None:
        return None
    base = [
        float(unit.base if isinstance(unit, TieredPrices) else unit) if unit is not None else None for unit in units
    ]
    tiered = [unit for unit in units if isinstance(unit, TieredPrices) and unit.tiers]
    if not tiered:
        return (*base, None, None, None, None, None)
    start = tiered[0].tiers[0].start
    above = [
        float(unit.tiers[0].price) if isinstance(unit, TieredPrices) and unit.tiers else flat
        for unit, flat in zip(units, base, strict=True)
    ]
    return (*base, start, *above)


def _exact(clause: object) -> Iterator[str]:
    if isinstance(clause, ClauseEquals):
        yield clause.equals
    elif isinstance(clause, ClauseOr):
        for part in clause.or_:
            yield from _exact(part)


def _patterns(clause: object) -> Iterator[str]:
    """Yield RE2 of what a clause describes; a look-ahead cannot be said in RE2 and is left out."""
    if isinstance(clause, ClauseStartsWith):
        yield re.escape(clause.starts_with.lower())
    elif isinstance(clause, ClauseContains):
        yield f".*{re.escape(clause.contains.lower())}"
    elif isinstance(clause, ClauseEndsWith):
        yield f".*{re.escape(clause.ends_with.lower())}$"
    elif isinstance(clause, ClauseRegex) and not re.search(r"\(\?|\\[A-Z]", clause.regex):
        yield clause.regex.lower().lstrip("^").replace("\\d", "[0-9]")
    elif isinstance(clause, ClauseOr):
        for part in clause.or_:
            yield from _patterns(part)


def current_book() -> PriceBook:
    """Return the installed package's prices as of today."""
    return build_book(datetime.now(UTC))
