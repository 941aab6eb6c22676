"""A file of prices: the users' own, and the shipped one that mends the package.

    prices:
      - provider: openai            # as Spanwarden names it; * stands for anything, left out it is any provider
        model: gpt-4o*
        from: 2026-03-01            # a day or a time, UTC; left out, it holds for all time
        tier: batch                 # left out, it holds for every tier
        above_input_tokens: 200000  # left out, it holds for every size of request
        hours: 01:00-04:00          # UTC; left out, all day
        days: mon tue wed thu fri   # left out, every day
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

Of several entries that match, the last one in the file wins.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from storage.lined import REQUIRED, Entry, Reader, load_document, read_text
from storage.prices.line import DAY_SECONDS, EVERY_DAY, TIERS, UNITS, WEEK, Line

TOKEN_UNITS = tuple(unit for unit in UNITS if unit not in ("request", "hour"))
MATCHED = ("service", "model", "provider", "server_address")
LISTS = ("prices", "gpus")
PRICE_FIELDS = (
    "provider", "model", "from", "tier", "above_input_tokens", "hours", "days", "usd_per_million", "usd_per_call",
    "source", "note",
)  # fmt: skip
GPU_FIELDS = ("name", "match", "from", "usd_per_gpu_hour", "gpus", "concurrent_calls", "source", "note")


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


NONE = OwnPrices()


def read_prices(path: Path) -> OwnPrices:
    """Read a user's price file. Raises LinedError with every mistake at once."""
    return parse_prices(read_text(path), str(path), f"own {path.name}")


def parse_prices(text: str, path: str, book: str) -> OwnPrices:
    """Return the entries of a file's text; ``path`` is how messages name it. Raises LinedError."""
    document = load_document(text, path, LISTS)
    reader = Reader(path)
    reader.known(document, LISTS)
    own = OwnPrices(
        tuple(_price(reader, entry, book) for entry in reader.entries(document, "prices")),
        tuple(_gpu(reader, entry, book) for entry in reader.entries(document, "gpus")),
    )
    reader.done()
    return own


def matches(pattern: str, text: str) -> bool:
    """Whether a text is what a pattern with ``*`` describes, letters' case apart."""
    return re.fullmatch(glob_regex(pattern), text.lower(), re.DOTALL) is not None


def glob_regex(pattern: str) -> str:
    """Return a regular expression of a pattern in which ``*`` stands for anything."""
    return ".*".join(re.escape(part) for part in pattern.lower().split("*"))


def _price(reader: Reader, entry: Entry, book: str) -> OwnPrice:
    reader.known(entry, PRICE_FIELDS)
    provider, model = reader.text(entry, "provider", "*").lower(), reader.text(entry, "model", REQUIRED).lower()
    line = Line(
        book,
        provider,
        model,
        _units(reader, entry),
        reader.one_of(entry, "tier", TIERS, TIERS[0]),
        reader.moment(entry, "from"),
        _hours(reader, entry),
        _days(reader, entry),
        int(reader.number(entry, "above_input_tokens", -1, -1)),
        reader.text(entry, "source", reader.path),
    )
    return OwnPrice(provider, model, line, "tier" not in entry)


def _units(reader: Reader, entry: Entry) -> dict[str, float]:
    tokens = reader.fields(entry, "usd_per_million", TOKEN_UNITS)
    units = {name: reader.number(tokens, name, 0) for name in TOKEN_UNITS if name in tokens}
    if "usd_per_call" in entry:
        units["request"] = reader.number(entry, "usd_per_call", 0)
    if not units:
        reader.wrong(entry, "usd_per_million", f"at least one price is needed: {', '.join(TOKEN_UNITS)}")
    return units


def _hours(reader: Reader, entry: Entry) -> tuple[int, int]:
    found = re.fullmatch(r"(\d\d):(\d\d)-(\d\d):(\d\d)", reader.text(entry, "hours", "00:00-24:00"))
    since, until = (int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])) if found else (0, 0)
    if not since < until <= DAY_SECONDS // 60:
        reader.wrong(
            entry, "hours", "hours of one day such as 01:00-04:00 are needed here (past midnight: two entries)"
        )
        return 0, DAY_SECONDS
    return since * 60, until * 60


def _days(reader: Reader, entry: Entry) -> int:
    named = set(reader.text(entry, "days", " ".join(WEEK)).lower().replace(",", " ").split())
    if not named or not named <= set(WEEK):
        reader.wrong(entry, "days", f"some of {' '.join(WEEK)} are needed here")
        return EVERY_DAY
    return sum(1 << WEEK.index(day) for day in named)


def _gpu(reader: Reader, entry: Entry, book: str) -> Gpu:
    reader.known(entry, GPU_FIELDS)
    match = reader.fields(entry, "match", MATCHED)
    wanted = {name: reader.text(match, name).lower() for name in MATCHED if name in match}
    if not any(wanted.values()):
        reader.wrong(entry, "match", f"at least one is needed: {', '.join(MATCHED)}")
    hourly = reader.number(entry, "usd_per_gpu_hour", REQUIRED)
    gpus, calls = reader.number(entry, "gpus", 1, 1), reader.number(entry, "concurrent_calls", REQUIRED, 1)
    line = Line(
        book,
        "gpu",
        reader.text(entry, "name", REQUIRED),
        {"hour": hourly * gpus / calls},
        valid_from=reader.moment(entry, "from"),
        source=reader.text(entry, "source", reader.path),
    )
    return Gpu(wanted, line)
