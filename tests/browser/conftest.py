"""One store, one application and one browser for all browser tests of a process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from storage.engine import Engine
from tests.browser.shown import Shown, shown

ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-default-apps", "--no-first-run",
)  # fmt: skip


@pytest.fixture(scope="session")
def site(chdb_store: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """The pages over a day of the demo."""
    engine = chdb_store.sibling("browser")
    with shown(engine, tmp_path_factory.mktemp("site")) as found:
        yield found
    engine.close()
    chdb_store.command("DROP DATABASE browser SYNC")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(ARGUMENTS))
        yield chromium
        chromium.close()
