"""Discounts that providers publish as a rule and not as a price a model, such as half price for a batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from importlib.resources import files

import yaml

from storage.prices.line import UNITS


@dataclass(frozen=True, slots=True)
class Rule:
    """The tier's price is ``factor`` times the standard one, for ``units``, from ``valid_from`` on."""

    tier: str
    provider: str
    valid_from: date
    factor: float
    units: tuple[str, ...]
    source: str
    read: date

    def holds(self, at: datetime) -> bool:
        """Whether the rule was in force at ``at``."""
        return at.date() >= self.valid_from

    def scale(self, units: Mapping[str, float]) -> dict[str, float]:
        """Return the prices of the tier from the standard ones."""
        return {unit: price * self.factor if unit in self.units else price for unit, price in units.items()}

    @property
    def words(self) -> str:
        """Where the price comes from."""
        return f"{self.factor:g} times standard since {self.valid_from}: {self.source} ({self.read})"


@lru_cache(maxsize=1)
def rules() -> tuple[Rule, ...]:
    """Return the shipped rules."""
    text = files("storage").joinpath("prices", "rules.yaml").read_text("utf-8")
    return tuple(
        Rule(
            tier=each["tier"],
            provider=provider,
            valid_from=each["from"],
            factor=each["factor"],
            units=tuple(each.get("units", UNITS)),
            source=each["source"],
            read=each["read"],
        )
        for each in yaml.safe_load(text)["rules"]
        for provider in each["providers"]
    )


def rule_for(tier: str, provider: str) -> Rule | None:
    """Return the rule of a tier of one of the package's providers; None when it has published none."""
    return next((rule for rule in rules() if (rule.tier, rule.provider) == (tier, provider)), None)
