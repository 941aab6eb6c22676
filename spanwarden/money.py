"""What pages and commands ask of money: where budgets stand, and what pricing stored calls again changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from analytics.budgets.budget import Budget
from analytics.budgets.standing import Standing, standings
from storage.engine import Engine
from storage.prices.book import build_book
from storage.prices.own import OwnPrices
from storage.reprice import Difference, differences, reprice


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
