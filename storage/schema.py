"""Brings a store to what this release expects: tables, corrections cut short, prices, views, in this order."""

from __future__ import annotations

from storage.corrections import finish
from storage.dialects.own import NONE as NO_MAPPINGS
from storage.dialects.own import OwnMappings
from storage.engine import Engine
from storage.migrate import migrate
from storage.prices.book import build_book
from storage.prices.install import install_prices
from storage.prices.own import NONE, OwnPrices
from storage.views import install_views


def prepare(engine: Engine, own: OwnPrices = NONE, mappings: OwnMappings = NO_MAPPINGS) -> None:
    """Make the store ready to load and to read, with ``own`` prices and ``mappings`` over the shipped ones.

    Raises StoreRejected when a newer release wrote it.
    """
    migrate(engine)
    finish(engine)
    book = build_book(own)
    install_prices(engine, book)
    install_views(engine, book, mappings.all_dialects)
