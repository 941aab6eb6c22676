"""The users' own files, as the settings name them: prices, budgets, mappings; and the store made ready by them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from analytics.budgets.budget import Budget, read_budgets
from spanwarden.settings import Settings, SettingsError
from storage.dialects.own import NONE as NO_MAPPINGS
from storage.dialects.own import OwnMappings, read_mappings
from storage.engine import Engine
from storage.lined import LinedError
from storage.prices.own import NONE as NO_PRICES
from storage.prices.own import OwnPrices, read_prices
from storage.schema import prepare

T = TypeVar("T")


def own_prices(settings: Settings) -> OwnPrices:
    """Return the prices of ``prices_file``. Raises SettingsError that names file, line and field of each mistake."""
    hint = "prices_file; `spanwarden prices check FILE` checks it"
    return _read(settings.prices_file, read_prices, NO_PRICES, hint)


def budgets(settings: Settings) -> Sequence[Budget]:
    """Return the budgets of ``budgets_file``. Raises SettingsError as ``own_prices``."""
    return _read(settings.budgets_file, read_budgets, (), "budgets_file")


def own_mappings(settings: Settings) -> OwnMappings:
    """Return the mappings of ``mappings_file``. Raises SettingsError as ``own_prices``."""
    hint = "mappings_file; `spanwarden mapping check FILE` checks it"
    return _read(settings.mappings_file, read_mappings, NO_MAPPINGS, hint)


def prepare_own(engine: Engine, settings: Settings) -> None:
    """Make the store ready under the users' own prices and mappings. Raises SettingsError and StoreRejected.

    Whoever opens the store does it so: without the mappings its views would be made anew, and again at the next start.
    """
    prepare(engine, own_prices(settings), own_mappings(settings))


def _read(file: Path | None, read: Callable[[Path], T], none: T, hint: str) -> T:
    if file is None:
        return none
    try:
        return read(file)
    except LinedError as error:
        raise SettingsError(f"{error}\n({hint})") from None
