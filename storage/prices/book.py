"""The book of prices: which names lead to which lines, for every call that may come.

    (provider, model) as written ── exact name, else the first pattern ──> group ── tier ──> schedule ──> line

Names are looked up exactly; what the package only describes (``gpt-4o-mini-*``) is found by one scan over all patterns,
and only when the exact look-up found nothing. Own prices go before the shipped ones, and those that mend the package
before the package's: they come last in a schedule, where the last entry that matches is the price.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.metadata import version
from importlib.resources import files

from genai_prices.data_snapshot import get_snapshot
from genai_prices.types import Provider

from storage.prices.line import STANDARD, TIERS, Group, Line
from storage.prices.names import exact_names, patterns
from storage.prices.own import NONE, Gpu, OwnPrice, OwnPrices, glob_regex, matches, parse_prices
from storage.prices.package import model_group

# The provider names of OpenTelemetry's conventions, where the package has another.
PROVIDERS: Mapping[str, tuple[str, ...]] = {
    "aws": ("aws.bedrock",),
    "azure": ("azure.ai.openai", "azure.ai.inference"),
    "google": ("gcp.gemini", "gcp.vertex_ai"),
    "mistral": ("mistral_ai",),
    "x-ai": ("x_ai",),
    "moonshotai": ("moonshot_ai",),
    "together": ("together_ai",),
}
MENDED = "prices.yaml"
Schedule = list[tuple[int, int, int, int, int, int]]


@dataclass(slots=True)
class PriceBook:
    """``names`` and ``patterns`` lead to the number of a group, the first being 1.

    A pattern is RE2 over ``provider + newline + model``; the first that matches wins.
    """

    names: dict[tuple[str, str], int] = field(default_factory=dict)
    patterns: list[tuple[str, int]] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    gpus: tuple[Gpu, ...] = ()
    _digest: str = field(default="", init=False, repr=False, compare=False)

    def lines(self) -> dict[str, tuple[int, Line]]:
        """Return every line once, by its id, with its number; numbers begin at 1."""
        found = {line.id: line for line in self._all()}
        return {id_: (number, line) for number, (id_, line) in enumerate(found.items(), 1)}

    def schedules(self) -> Iterator[tuple[int, Schedule]]:
        """Yield the key of a schedule, which is of a group and a tier, and its entries."""
        numbers = {id_: number for id_, (number, _) in self.lines().items()}
        for group, each in enumerate(self.groups, 1):
            for place, tier in enumerate(TIERS):
                yield group * len(TIERS) + place, [line.entry(numbers[line.id]) for line in each.of(tier)]

    def digest(self) -> str:
        """Return a digest of the whole book: another one means that some call may cost something else."""
        if not self._digest:
            self._digest = self._digested()
        return self._digest

    def _digested(self) -> str:
        gpus = [(sorted(gpu.match.items()), gpu.line.id) for gpu in self.gpus]
        parts = (sorted(self.names.items()), self.patterns, list(self.schedules()), list(self.lines()), gpus)
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]

    def _all(self) -> Iterator[Line]:
        yield from (gpu.line for gpu in self.gpus)
        for group in self.groups:
            for lines in group.lines.values():
                yield from lines


def build_book(own: OwnPrices = NONE) -> PriceBook:
    """Put the package's prices, those that mend it and the user's own into one book, which must not be changed."""
    return _shipped_book() if own == NONE else _built(own)


@lru_cache(maxsize=1)
def _shipped_book() -> PriceBook:
    # More than a second of work that has the same end each time.
    return _built(NONE)


def _built(own: OwnPrices) -> PriceBook:
    book = PriceBook(gpus=own.gpus)
    snapshot = get_snapshot()
    numbers = {provider.id: _add_models(book, provider) for provider in snapshot.providers}
    others = _mend(book, numbers, mended().prices)
    deferred: list[tuple[str, int]] = []
    for provider in snapshot.providers:
        deferred += _name_models(book, provider, numbers[provider.id], _names_of(provider), provider.model_match)
    for provider in snapshot.providers:
        for other in provider.fallback_model_providers or ():
            source = next(each for each in snapshot.providers if each.id == other)
            deferred += _name_models(book, source, numbers[other], _names_of(provider), None)
    book.patterns += deferred
    _put_own(book, others)
    _put_own(book, own.prices)
    return book


def mended() -> OwnPrices:
    """Return the shipped file that mends the package, each entry with its source."""
    text = files("storage").joinpath("prices", MENDED).read_text("utf-8")
    return parse_prices(text, MENDED, f"spanwarden {version('spanwarden')}")


def _names_of(provider: Provider) -> tuple[str, ...]:
    return (*PROVIDERS.get(provider.id, ()), provider.id)


def _add_models(book: PriceBook, provider: Provider) -> dict[str, int]:
    """Add the provider's models that have a price; return model id -> number of its group."""
    added = {}
    for model in provider.models:
        group = model_group(provider, model)
        if group.lines:
            book.groups.append(group)
            added[model.id] = len(book.groups)
    return added


def _name_models(
    book: PriceBook, provider: Provider, numbers: Mapping[str, int], names: Sequence[str], free: object
) -> list[tuple[str, int]]:
    """Add what leads to the provider's models under ``names``; return patterns that come after all others.

    ``free`` is the package's clause by which a model alone tells its provider; None when none does.
    """
    deferred: list[tuple[str, int]] = []
    known = "|".join([*map(re.escape, names), *([""] if free else [])])
    for model in provider.models:
        if (number := numbers.get(model.id)) is None:
            continue
        for exact in {model.id, *exact_names(model.match)}:
            if provider.find_model(exact) is model:
                for name in names:
                    book.names.setdefault((name, exact.lower()), number)
                if free is not None and free.is_match(exact):  # type: ignore[attr-defined]
                    book.names.setdefault(("", exact.lower()), number)
        for pattern, last in patterns(model.match):
            (deferred if last else book.patterns).append((f"^({known})\\n{pattern}", number))
    return deferred


def _mend(book: PriceBook, numbers: Mapping[str, Mapping[str, int]], prices: Sequence[OwnPrice]) -> list[OwnPrice]:
    """Put prices over those of the package's models that they name by its own ids; return those that name none."""
    others = []
    for price in prices:
        number = numbers.get(price.provider, {}).get(price.model)
        if number is None:
            others.append(price)
        else:
            _append(book.groups[number - 1], price)
    return others


def _put_own(book: PriceBook, prices: Sequence[OwnPrice]) -> None:
    """Put the user's prices over every name they match; names that nobody knows are found by pattern."""
    composed: dict[tuple[int, tuple[int, ...]], int] = {}
    for name, number in book.names.items():
        fitting = [price for price in prices if matches(price.provider, name[0]) and matches(price.model, name[1])]
        if fitting:
            place = (number, tuple(map(id, fitting)))
            if place not in composed:
                composed[place] = _add_group(book, Group(dict(book.groups[number - 1].lines)), fitting)
            book.names[name] = composed[place]
    own = []
    for provider, model in dict.fromkeys((price.provider, price.model) for price in prices):
        fitting = [price for price in prices if (price.provider, price.model) == (provider, model)]
        own.append(
            (f"^{glob_regex(provider)}\\n{glob_regex(model)}$", _add_group(book, Group({STANDARD: []}), fitting))
        )
    # The narrower name first.
    book.patterns[:0] = sorted(own, key=lambda pair: -len(pair[0].replace(".*", "")))


def _add_group(book: PriceBook, group: Group, prices: Sequence[OwnPrice]) -> int:
    for price in prices:
        _append(group, price)
    book.groups.append(group)
    return len(book.groups)


def _append(group: Group, price: OwnPrice) -> None:
    tiers = list(group.lines) if price.every_tier else [price.line.tier]
    for tier in tiers:
        group.lines[tier] = [*group.of(tier), price.line]
