"""Brings a store to what this release expects: tables, corrections cut short, prices, views, in this order."""

from __future__ import annotations

from storage.corrections import finish
from storage.engine import Engine
from storage.migrate import migrate
from storage.prices import current_book, install_prices
from storage.views import install_views


def prepare(engine: Engine) -> None:
    """Make the store ready to load and to read. Raises StoreRejected when a newer release wrote it."""
    migrate(engine)
    finish(engine)
    book = current_book()
    install_prices(engine, book)
    install_views(engine, book)
