"""What the composition root makes of the settings on money: the price book in force, and the budgets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from analytics.budgets.budget import Budget, read_budgets
from analytics.budgets.standing import Standing, standings
from spanwarden.settings import Settings, SettingsError
from storage.engine import Engine
from storage.lined import LinedError
from storage.prices.book import build_book
from storage.prices.own import NONE, OwnPrices, read_prices
from storage.reprice import Difference, differences, reprice


def own_prices(settings: Settings) -> OwnPrices:
    """Return the prices of ``prices_file``. Raises SettingsError that names file, line and field of each mistake."""
    if settings.prices_file is None:
        return NONE
    try:
        return read_prices(settings.prices_file)
    except LinedError as error:
        raise SettingsError(f"{error}\n(prices_file; `spanwarden prices check FILE` checks it)") from None


def budgets(settings: Settings) -> Sequence[Budget]:
    """Return the budgets of ``budgets_file``. Raises SettingsError as ``own_prices``."""
    if settings.budgets_file is None:
        return ()
    try:
        return read_budgets(settings.budgets_file)
    except LinedError as error:
        raise SettingsError(f"{error}\n(budgets_file)") from None


@dataclass(frozen=True)
class Money:
    """What pages and commands ask of money, on one store."""

    engine: Engine
    own: OwnPrices
    budgets: Sequence[Budget]

    def standings(self) -> Sequence[Standing]:
        """Return where each budget stands now. Raises StoreError."""
        return standings(self.engine, self.budgets, datetime.now(UTC))

    def reprice(self, start: datetime, end: datetime, dry_run: bool) -> Sequence[Difference]:
        """Return what pricing stored calls again changes, and change it unless it is a dry run. Raises StoreError."""
        book = build_book(self.own)
        if dry_run:
            return differences(self.engine, book, start, end)
        return reprice(self.engine, book, start, end, datetime.now(UTC))
