"""A file of prices: the users' own, and the shipped one that mends the package.

prices:
  - provider: openai            # as Spanwarden names it; * stands for anything, left out it is any provider
    model: gpt-4o*
    from: 2026-03-01            # left out, it holds for all time
    tier: batch                 # left out, it holds for every tier
    above_input_tokens: 200000  # left out, it holds for every size of request
    usd_per_million: {input: 2, output: 8, cache_read: 0.5}
    usd_per_call: 0
    source: contract 4711
gpus:
  - name: llama-h100            # what a call must match: at least one of service, model, provider, server_address
    match: {model: llama-3*, server_address: 10.0.0.*}
    from: 2026-03-01
    usd_per_gpu_hour: 2.5
    gpus: 4
    concurrent_calls: 16        # how many calls share them when they are busy
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import yaml

from storage.prices.line import TIERS, UNITS, Line

TOKEN_UNITS = tuple(unit for unit in UNITS if unit not in ("request", "hour"))
MATCHED = ("service", "model", "provider", "server_address")
PRICE_FIELDS = (
    "provider", "model", "from", "tier", "above_input_tokens", "usd_per_million", "usd_per_call", "source", "note"
)  # fmt: skip
GPU_FIELDS = ("name", "match", "from", "usd_per_gpu_hour", "gpus", "concurrent_calls", "source", "note")
REQUIRED = object()


class PricesError(Exception):
    """A price file cannot be used; the message has a line for each mistake: file:line: field: what to do."""


@dataclass(frozen=True, slots=True)
class OwnPrice:
    """One entry of ``prices``; ``provider`` and ``model`` may hold ``*``."""

    provider: str
    model: str
    line: Line
    every_tier: bool


@dataclass(frozen=True, slots=True)
class Gpu:
    """One entry of ``gpus``: what a call must match, and the line by which its duration is priced."""

    match: Mapping[str, str]
    line: Line


@dataclass(frozen=True, slots=True)
class OwnPrices:
    """A file's entries, in its order."""

    prices: tuple[OwnPrice, ...] = ()
    gpus: tuple[Gpu, ...] = ()


@dataclass
class _Reader:
    """Reads entries one field at a time and keeps every mistake with its line."""

    path: str
    book: str
    mistakes: list[str] = field(default_factory=list)

    def wrong(self, entry: Mapping[str, Any], name: str, what: str) -> None:
        line = entry.get(_LINES, {}).get(name) or entry.get(_LINES, {}).get("", 0)
        self.mistakes.append(f"{self.path}:{line}: {name}: {what}" if name else f"{self.path}:{line}: {what}")

    def text(self, entry: Mapping[str, Any], name: str, default: object = "") -> str:
        value = entry.get(name, default)
        if value is REQUIRED or not isinstance(value, str) or (default is REQUIRED and not value):
            self.wrong(entry, name, "a text is needed here")
            return ""
        return value

    def number(self, entry: Mapping[str, Any], name: str, default: object, least: float = 0.0) -> float:
        value = entry.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value < float("inf"):
            self.wrong(entry, name, f"a number from {least:g} is needed here")
            return least
        return float(value)

    def day(self, entry: Mapping[str, Any]) -> datetime | None:
        value = entry.get("from")
        if isinstance(value, datetime):
            value = value.date()
        if value is not None and not isinstance(value, date):
            self.wrong(entry, "from", "a day such as 2026-03-01 is needed here")
            return None
        return datetime.combine(value, time(), UTC) if value else None

    def known(self, entry: Mapping[str, Any], fields: tuple[str, ...]) -> None:
        for name in entry:
            if name != _LINES and name not in fields:
                self.wrong(entry, name, f"no such field; there are {', '.join(fields)}")

    def mapping(self, entry: Mapping[str, Any], name: str, fields: tuple[str, ...]) -> Mapping[str, Any]:
        value = entry.get(name, {})
        if not isinstance(value, dict):
            self.wrong(entry, name, f"it holds fields: {', '.join(fields)}")
            return {}
        self.known(value, fields)
        return value

    def price(self, entry: Mapping[str, Any]) -> OwnPrice:
        self.known(entry, PRICE_FIELDS)
        tokens = self.mapping(entry, "usd_per_million", TOKEN_UNITS)
        units = {name: self.number(tokens, name, 0) for name in tokens if name in TOKEN_UNITS}
        if "usd_per_call" in entry:
            units["request"] = self.number(entry, "usd_per_call", 0)
        if not units:
            self.wrong(entry, "usd_per_million", f"at least one price is needed: {', '.join(TOKEN_UNITS)}")
        tier = self.text(entry, "tier", "standard")
        if tier not in TIERS:
            self.wrong(entry, "tier", f"one of {', '.join(TIERS)} is needed here")
        above = self.number(entry, "above_input_tokens", -1, -1)
        provider, model = self.text(entry, "provider", "*").lower(), self.text(entry, "model", REQUIRED).lower()
        line = Line(
            self.book, provider, model, units, tier, self.day(entry), above=int(above),
            source=self.text(entry, "source", self.path),
        )  # fmt: skip
        return OwnPrice(provider, model, line, "tier" not in entry)

    def gpu(self, entry: Mapping[str, Any]) -> Gpu:
        self.known(entry, GPU_FIELDS)
        match = self.mapping(entry, "match", MATCHED)
        wanted = {name: self.text(match, name).lower() for name in match if name in MATCHED}
        if not any(wanted.values()):
            self.wrong(entry, "match", f"at least one is needed: {', '.join(MATCHED)}")
        hourly = self.number(entry, "usd_per_gpu_hour", REQUIRED)
        gpus, calls = self.number(entry, "gpus", 1, 1), self.number(entry, "concurrent_calls", REQUIRED, 1)
        line = Line(
            self.book, "gpu", self.text(entry, "name", REQUIRED), {"hour": hourly * gpus / max(calls, 1)},
            valid_from=self.day(entry), source=self.text(entry, "source", self.path),
        )  # fmt: skip
        return Gpu(wanted, line)


def read_prices(path: Path, book: str) -> OwnPrices:
    """Read a price file. Raises PricesError with every mistake at once."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise PricesError(f"{path}: cannot be read: {reason}") from None
    return parse_prices(text, str(path), book)


def parse_prices(text: str, path: str, book: str) -> OwnPrices:
    """Return the entries of a file's text; ``path`` is how messages name it. Raises PricesError."""
    try:
        document = yaml.load(text, _Loader)  # noqa: S506 (a SafeLoader that also keeps lines)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else path
        raise PricesError(f"{where}: no YAML: {getattr(error, 'problem', None) or 'it cannot be read'}") from None
    reader = _Reader(path, book)
    if document is None:
        return OwnPrices()
    if not isinstance(document, dict):
        raise PricesError(f"{path}:1: it holds `prices:` and `gpus:`, each a list")
    reader.known(document, ("prices", "gpus"))
    own = OwnPrices(
        tuple(reader.price(entry) for entry in _entries(reader, document, "prices")),
        tuple(reader.gpu(entry) for entry in _entries(reader, document, "gpus")),
    )
    if reader.mistakes:
        raise PricesError("\n".join(reader.mistakes))
    return own


def matches(pattern: str, text: str) -> bool:
    """Whether a text is what a pattern with ``*`` describes, letters' case apart."""
    return re.fullmatch(glob_regex(pattern), text.lower(), re.DOTALL) is not None


def glob_regex(pattern: str) -> str:
    """Return a regular expression of a pattern in which ``*`` stands for anything."""
    return ".*".join(re.escape(part) for part in pattern.lower().split("*"))


_LINES = "\0lines"


class _Loader(yaml.SafeLoader):
    """Keeps in each mapping on which line each of its fields stands."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Return the mapping with the lines of its keys."""
        mapping = super().construct_mapping(node, deep=True)
        lines = {str(key.value): key.start_mark.line + 1 for key, _ in node.value}
        return {**mapping, _LINES: {**lines, "": node.start_mark.line + 1}}


def _mapping(loader: _Loader, node: yaml.Node) -> dict[Any, Any]:
    if not isinstance(node, yaml.MappingNode):
        raise yaml.MarkedYAMLError(problem="fields are needed here", problem_mark=node.start_mark)
    return loader.construct_mapping(node)


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def _entries(reader: _Reader, document: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    value = document.get(name) or []
    if not isinstance(value, list):
        reader.wrong(document, name, "a list is needed here")
        return []
    for each in value:
        if not isinstance(each, dict):
            reader.wrong(document, name, "each entry holds fields")
    return [each for each in value if isinstance(each, dict)]
