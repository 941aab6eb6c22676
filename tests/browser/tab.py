"""One tab of the browser that remembers what went wrong in it: console, requests, and requests to anyone else."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, expect

Scheme = Literal["light", "dark"]
READY = "#page .page-head, #page .empty"


@dataclass
class Tab:
    """A page of the site; ``wrong`` collects what must not happen."""

    base: str
    page: Page
    wrong: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Go to a path and wait until its page is drawn."""
        self.page.goto(self.base + path)
        self.ready()
        return self.page

    def ready(self) -> None:
        """Wait until a page is drawn and nothing is asked for."""
        self.page.wait_for_selector(READY)
        self.page.wait_for_function("!document.querySelector('#page[data-dash-is-loading]')")

    def console(self, message: ConsoleMessage) -> None:
        """Remember errors and warnings."""
        if message.type in ("error", "warning"):
            self.wrong.append(f"console {message.type}: {message.text}")

    def asked(self, request: Request) -> None:
        """Remember a request to any other machine."""
        if not request.url.startswith((self.base, "data:", "blob:")):
            self.wrong.append(f"asked {request.url}")

    def answered(self, response: Response) -> None:
        """Remember answers that are errors."""
        if response.status >= 400:
            self.wrong.append(f"{response.status} {response.url}")


@contextlib.contextmanager
def tab(
    browser: Browser, base: str, width: int = 1440, scheme: Scheme = "light", zone: str = "Europe/Berlin"
) -> Iterator[Tab]:
    """Open a tab of its own for the block."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        timezone_id=zone,
        permissions=["clipboard-read", "clipboard-write"],
    )
    one = Tab(base, context.new_page())
    one.page.set_default_timeout(30_000)
    expect.set_options(timeout=20_000)  # the tests share two cores with others
    one.page.on("console", one.console)
    one.page.on("pageerror", lambda error: one.wrong.append(f"page error: {error}"))
    one.page.on("request", one.asked)
    one.page.on("response", one.answered)
    try:
        yield one
    finally:
        context.close()
