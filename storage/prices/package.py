"""The prices that the ``genai-prices`` package ships, as lines by tier, context, hours and date of validity.

The package says what holds at an instant; a line says from when to when. So the instants between which anything can
change are collected (start dates of prices and of variants, ends of daily hours) and the package is asked once in each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from importlib.metadata import version
from itertools import groupby, pairwise

from genai_prices.types import (
    ConditionalPrice,
    ModelInfo,
    ModelPrice,
    Provider,
    StartDateConstraint,
    TieredPrices,
    TimeOfDateConstraint,
)

from storage.prices.line import BATCH, DAY_SECONDS, FLEX, PRIORITY, STANDARD, Group, Line
from storage.prices.rules import Rule, rule_for

BOOK = f"genai-prices {version('genai-prices')}"
# The package's price key -> (our unit, by what its price is divided).
KEYS: Mapping[str, tuple[str, float]] = {
    "input_mtok": ("input", 1),
    "output_mtok": ("output", 1),
    "cache_read_mtok": ("cache_read", 1),
    "cache_write_mtok": ("cache_write", 1),
    "cache_write_1h_mtok": ("cache_write_1h", 1),
    "input_audio_mtok": ("input_audio", 1),
    "cache_audio_read_mtok": ("cache_audio_read", 1),
    "output_audio_mtok": ("output_audio", 1),
    "output_reasoning_mtok": ("output_reasoning", 1),
    "requests_kcount": ("request", 1000),
}
# What the package calls a tier.
CONTEXTS: Mapping[str, Mapping[str, str]] = {
    STANDARD: {},
    BATCH: {"processing": "batch"},
    FLEX: {"service_tier": "flex"},
    PRIORITY: {"service_tier": "priority"},
}


def model_group(provider: Provider, model: ModelInfo) -> Group:
    """Return the model's lines; none when tokens have no price."""
    standard = _lines(provider, model, STANDARD, None)
    if not standard:
        return Group({})
    lines = {STANDARD: standard}
    for tier in (BATCH, FLEX, PRIORITY):
        rule = rule_for(tier, provider.id)
        if rule or _varies(model, tier):
            lines[tier] = _lines(provider, model, tier, rule)
    return Group(lines)


def _lines(provider: Provider, model: ModelInfo, tier: str, rule: Rule | None) -> list[Line]:
    found: list[Line] = []
    for start in _starts(model, rule):
        for hours in _hours(model):
            at = (start or datetime(1970, 1, 2, tzinfo=UTC)) + timedelta(seconds=hours[0])
            price, source = _price(model, tier, rule, at)
            for above, units in _contexts(price):
                if units.keys() & {"input", "output", "request"}:
                    scaled = rule.scale(units) if rule and source else units
                    line = Line(BOOK, provider.id, model.id, scaled, tier, start, hours)
                    found.append(replace(line, above=above, source=source or _url(provider)))
    return _without_repeats(found)


def _price(model: ModelInfo, tier: str, rule: Rule | None, at: datetime) -> tuple[ModelPrice, str]:
    """Return the price at an instant, and the rule's words where the package has none of this tier then."""
    context = CONTEXTS[tier]
    price = model.get_prices(at, dict(context))
    known = any(
        (variant.constraint is None or variant.constraint.active(at)) and context.items() >= variant.when.items()
        for variant in (model.price_variants or () if context else ())
    )
    return price, rule.words if rule and not known and rule.holds(at) else ""


def _contexts(price: ModelPrice) -> Iterator[tuple[int, dict[str, float]]]:
    """Yield the units below the first tier of context, then those of each tier, which holds for the whole request."""
    values = {KEYS[key]: value for key, value in price.__dict__.items() if key in KEYS and value is not None}
    starts = sorted(
        {tier.start for value in values.values() if isinstance(value, TieredPrices) for tier in value.tiers}
    )
    for above in (-1, *starts):
        yield above, {unit: _at(value, above) / per for (unit, per), value in values.items()}


def _at(value: object, above: int) -> float:
    if not isinstance(value, TieredPrices):
        return float(str(value))
    reached = [tier.price for tier in value.tiers if tier.start <= above]
    return float(reached[-1] if reached else value.base)


def _starts(model: ModelInfo, rule: Rule | None) -> Sequence[datetime | None]:
    days = {
        each.constraint.start_date
        for each in (*_conditional(model), *(model.price_variants or ()))
        if isinstance(each.constraint, StartDateConstraint)
    }
    if rule:
        days.add(rule.valid_from)
    return [None, *(datetime.combine(day, time(), UTC) for day in sorted(days))]


def _hours(model: ModelInfo) -> Sequence[tuple[int, int]]:
    edges = {0, DAY_SECONDS}
    for each in (*_conditional(model), *(model.price_variants or ())):
        if isinstance(each.constraint, TimeOfDateConstraint):
            edges |= {_seconds(each.constraint.start_time), _seconds(each.constraint.end_time)}
    return list(pairwise(sorted(edges)))


def _seconds(value: time) -> int:
    return value.hour * 3600 + value.minute * 60 + value.second


def _conditional(model: ModelInfo) -> Sequence[ConditionalPrice]:
    return model.prices if isinstance(model.prices, list) else ()


def _varies(model: ModelInfo, tier: str) -> bool:
    return any(CONTEXTS[tier].items() >= variant.when.items() for variant in model.price_variants or ())


def _without_repeats(lines: list[Line]) -> list[Line]:
    """Leave out a start at which nothing changed."""
    kept: list[Line] = []
    last: list[object] = []
    for _, started in groupby(lines, key=lambda line: line.valid_from):
        same = list(started)
        said: list[object] = [(line.hours, line.above, dict(line.units)) for line in same]
        if said != last:
            kept += same
        last = said
    return kept


def _url(provider: Provider) -> str:
    return (provider.pricing_urls or [""])[0]
