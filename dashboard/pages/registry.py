"""Every screen, in the rail's order: a new one is one file and one line here."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.pages import home
from dashboard.pages.page import Page

PAGES: tuple[Page, ...] = (Page("Home", "/", home.draw, icon="home"),)


def find_page(path: str) -> tuple[Page, Mapping[str, str]] | None:
    """Return the page of ``path`` with the parts of it that vary, or None when there is none."""
    for page in PAGES:
        values = page.match(path.rstrip("/") or "/")
        if values is not None:
            return page, values
    return None
