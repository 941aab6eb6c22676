"""A browser that remembers what went wrong while a page was looked at."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-default-apps",
)
ZONE = "Europe/Berlin"
WIDTHS = {1440: 900, 390: 844}
DRAWN = """() => {
  const page = document.querySelector("#page");
  return page && !page.hasAttribute("data-dash-is-loading") && !page.querySelector("[aria-busy=true]")
    && page.querySelector("h1") && document.querySelector("#bar *");
}"""


@dataclass
class Look:
    """One page of one window, and every error that it showed."""

    page: Page
    address: str
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.wrong.append(f"uncaught: {error}"))
        self.page.on("requestfailed", self._failed)
        self.page.on("response", self._answered)
        self.page.on("dialog", lambda dialog: (self.wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))

    def go(self, path: str) -> Look:
        """Open a path and wait until it is drawn."""
        self.page.goto(self.address + path)
        return self.drawn()

    def drawn(self) -> Look:
        """Wait until what is on its way is there."""
        self.page.wait_for_function(DRAWN, timeout=20_000)
        return self

    @property
    def words(self) -> str:
        """The text of the page as it is shown."""
        return self.page.locator("#page").inner_text()

    @property
    def overflow(self) -> int:
        """How many pixels the document is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - innerWidth"))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.wrong.append(f"console {message.type}: {message.text[:300]}")

    def _failed(self, request: Request) -> None:
        # A page left while it still asks cancels its own questions.
        if request.failure != "net::ERR_ABORTED":
            self.wrong.append(f"failed: {request.url} {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.wrong.append(f"status {response.status}: {response.url}")


def look(browser: Browser, address: str, width: int = 1440, scheme: str = "light") -> Look:
    """Return a fresh window; the caller closes its context."""
    context = browser.new_context(
        viewport={"width": width, "height": WIDTHS[width]},
        color_scheme="dark" if scheme == "dark" else "light",
        timezone_id=ZONE,
        reduced_motion="reduce",
    )
    context.set_default_timeout(15_000)
    return Look(context.new_page(), address)
