"""A price line: what each kind of token costs for one model, service tier, context size and time of validity."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

# unit -> the unit whose price holds where this one has none; the last two are roots that cost nothing by themselves.
# Tokens are priced in USD per million. ``request`` is USD a call, ``hour`` is USD an hour of the call's own duration.
FALLBACKS: Mapping[str, str] = {
    "input": "",
    "output": "",
    "cache_read": "input",
    "cache_write": "input",
    "cache_write_1h": "cache_write",
    "input_audio": "input",
    "cache_audio_read": "input_audio",
    "output_audio": "output",
    "output_reasoning": "output",
    "request": "",
    "hour": "",
}
UNITS = tuple(FALLBACKS)
STANDARD, BATCH, FLEX, PRIORITY = "standard", "batch", "flex", "priority"
# A tier's place is part of the key under which a call's prices are found.
TIERS = (STANDARD, BATCH, FLEX, PRIORITY)
DAY_SECONDS = 86_400
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EVERY_DAY = 0b111_1111


@dataclass(frozen=True, slots=True)
class Line:
    """Prices of one model in one tier, with where they come from.

    ``units`` holds the prices that were published; ``vector`` is complete. ``book`` names the publication, such as
    ``genai-prices 0.2.3``; ``source`` is an address or a rule in words.
    ``hours`` are seconds of the day and ``days`` are bits of the week from Monday on, both in UTC.
    """

    book: str
    provider: str
    model: str
    units: Mapping[str, float]
    tier: str = STANDARD
    valid_from: datetime | None = None
    hours: tuple[int, int] = (0, DAY_SECONDS)
    days: int = EVERY_DAY
    above: int = -1
    source: str = ""

    @property
    def id(self) -> str:
        """What a call keeps: book, provider, model, tier, context, hours and validity, and a digest of the prices."""
        parts = [self.book, f"{self.provider}/{self.model}"]
        if self.tier != STANDARD:
            parts.append(self.tier)
        if self.above >= 0:
            parts.append(f"above {self.above} tokens")
        if self.hours != (0, DAY_SECONDS):
            parts.append(f"{_clock(self.hours[0])}-{_clock(self.hours[1])} UTC")
        if self.days != EVERY_DAY:
            parts.append(" ".join(day for place, day in enumerate(WEEK) if self.days >> place & 1))
        parts.append(f"from {_moment(self.valid_from)}" if self.valid_from else "from the start")
        prices = repr(sorted((unit, repr(price)) for unit, price in self.units.items()))
        parts.append(f"#{hashlib.sha256(prices.encode()).hexdigest()[:8]}")
        return " ".join(parts)

    def entry(self, number: int) -> tuple[int, int, int, int, int, int]:
        """Return when the line holds: seconds since 1970, hours in seconds, days, context; and its number."""
        start = int(self.valid_from.timestamp()) if self.valid_from else 0
        return (start, *self.hours, self.days, self.above, number)

    def vector(self) -> tuple[float, ...]:
        """Return a price for every unit in the order of UNITS; one that was not published is its fallback's."""
        return tuple(_price(self.units, unit) for unit in UNITS)


@dataclass(slots=True)
class Group:
    """The lines of one model by tier, in the order in which the last match wins."""

    lines: dict[str, list[Line]]

    def of(self, tier: str) -> list[Line]:
        """Return the lines of a tier; a tier that has none is priced as standard."""
        return self.lines.get(tier) or self.lines.get(STANDARD, [])


def _price(units: Mapping[str, float], unit: str) -> float:
    if unit in units:
        return units[unit]
    fallback = FALLBACKS[unit]
    return _price(units, fallback) if fallback else 0.0


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d}" if (at.hour, at.minute) == (0, 0) else f"{at:%Y-%m-%d %H:%M} UTC"


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"
