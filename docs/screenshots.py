"""Makes the README's pictures from a demo that it starts itself.

    python -m docs.screenshots [--seed 7] [--out docs/images]

It needs Chromium at /usr/bin/chromium and the development packages; it takes two to three minutes.
"""

from __future__ import annotations

import argparse
import contextlib
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from playwright.sync_api import Browser, sync_playwright

from spanwarden.demo.run import PLAYED
from spanwarden.notes import read_note
from spanwarden.running import RunningEngine, find_engine
from storage.errors import StoreError

IMAGES = Path(__file__).parent / "images"
CHROMIUM = "/usr/bin/chromium"
FLAGS = ("--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-background-networking")
WIDTH = 1440
LARGEST = 300_000  # bytes: the README should not be slow
PATIENCE_S = 600.0
QUIET_S = 45.0  # the detectors look every ten seconds, more rarely while the history is being loaded
# A page is whole when nothing is being asked for, its skeleton is gone, and every chart is drawn.
DRAWN = """() => {
  const page = document.querySelector("#page");
  return page && !page.hasAttribute("data-dash-is-loading") && !page.querySelector("[aria-busy=true]")
    && page.querySelector("h1") && document.querySelector("#bar *")
    && [...page.querySelectorAll(".chart-place")].every((chart) => chart.querySelector(".main-svg"));
}"""
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Picture:
    """One file: the page, how much of it, in which theme."""

    name: str
    path: str
    height: int = 1000
    scheme: str = "light"


class Impatient(Exception):
    """Something did not come in time; the message says what."""


def main(arguments: list[str]) -> int:
    """Make every picture; returns 0, or 1 when one would be too large."""
    asked = argparse.ArgumentParser(description="Make the README's pictures.")
    asked.add_argument("--seed", type=int, default=7)
    asked.add_argument("--out", type=Path, default=IMAGES)
    told = asked.parse_args(arguments)
    told.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, demo(Path(folder), told.seed) as engine:
        made = take(engine.address, pictures(engine), told.out)
    too_large = [path for path in made if path.stat().st_size > LARGEST]
    for path in made:
        sys.stdout.write(f"{path.stat().st_size:>8,} bytes  {path.name}\n")
    return 1 if too_large else 0


@contextlib.contextmanager
def demo(folder: Path, seed: int) -> Iterator[RunningEngine]:
    """Run the demo until the block ends; enter it once its history is stored, judged and reported."""
    command = [sys.executable, "-m", "spanwarden", "demo", "--seed", str(seed), "--data-dir", str(folder)]
    command += ["--grpc-port", "0", "--http-port", "0", "--web-port", "0"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:  # noqa: S603 (our own command)
        try:
            engine = await_that("the engine", lambda: find_engine(folder), process)
            await_that("the history", lambda: read_note(folder / PLAYED), process)
            await_that("every incident", _settled(engine), process)
            await_that("a signed report", lambda: _done(engine), process)
            await_that("the watermark's verdict", lambda: _judged(engine), process)
            yield engine
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def pictures(engine: RunningEngine) -> list[Picture]:
    """Choose what shows most: the gravest incident, and a trace in which something was masked."""
    incident = max(_asked(engine, "/incidents", "incidents"), key=_gravity)
    return [
        Picture("home-light", "/", 1070),
        Picture("home-dark", "/", 1070, "dark"),
        Picture("incident", f"/incidents/{incident['id']}?range=7d", 1340),
        Picture("trace", _masked_span(engine), 760),
        Picture("session", _longest_talk(engine), 1000),
        Picture("agents", "/agents?range=7d", 1040),
        Picture("retrieval", "/retrieval?range=7d", 760),
        Picture("inference", "/inference?range=7d", 900),
        Picture("policies", "/policies?range=7d", 1100),
    ]


def take(address: str, wanted: list[Picture], out: Path) -> list[Path]:
    """Photograph the pages one by one; return the files."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            return [_take(browser, address, one, out) for one in wanted]
        finally:
            browser.close()


def _take(browser: Browser, address: str, one: Picture, out: Path) -> Path:
    context = browser.new_context(
        viewport={"width": WIDTH, "height": one.height},
        color_scheme="dark" if one.scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    try:
        page = context.new_page()
        page.goto(address + one.path)
        page.wait_for_function(DRAWN, timeout=60_000)
        page.evaluate("document.fonts.ready")
        page.wait_for_timeout(500)  # new data may have asked for a part once more
        page.wait_for_function(DRAWN, timeout=60_000)
        path = out / f"{one.name}.png"
        page.screenshot(path=path)
        return path
    finally:
        context.close()


def await_that(what: str, ask: Callable[[], Found | None], process: subprocess.Popen[bytes]) -> Found:
    """Ask every second until something is there; return it. Raises Impatient, at once when the demo has ended."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if process.poll() is not None:
            raise Impatient(f"the demo ended with code {process.returncode} before {what} was there")
        with contextlib.suppress(StoreError):
            if found := ask():
                return found
        time.sleep(1.0)
    raise Impatient(f"{what} was not there after {PATIENCE_S:.0f} s")


def _asked(engine: RunningEngine, path: str, key: str, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = engine.get(path, **{"range": "7d", **query}).json()[key]
    return found


def _done(engine: RunningEngine) -> bool:
    return any(run["status"] == "done" for run in engine.get("/reports").json()["reports"])


def _judged(engine: RunningEngine) -> bool:
    return bool(_asked(engine, "/findings", "findings", kind="policy"))


def _settled(engine: RunningEngine) -> Callable[[], bool]:
    """Return what holds once there are incidents and the detectors have found no further one for a while."""
    seen: dict[str, float] = {}

    def settled() -> bool:
        found = _asked(engine, "/incidents", "incidents")
        seen.setdefault(" ".join(sorted(f"{one['id']}{one['ended_at']}" for one in found)), time.monotonic())
        return bool(found) and time.monotonic() - max(seen.values()) > QUIET_S

    return settled


def _gravity(incident: dict[str, Any]) -> tuple[bool, bool, str]:
    return incident["severity"] == "critical", incident["signal"] == "latency", str(incident["started_at"])


def _longest_talk(engine: RunningEngine) -> str:
    """Return the path of the talk with most turns that the support desk had, of the newest two hundred sessions."""
    found = _asked(engine, "/sessions", "sessions", service="support-desk", limit="200")
    talks = [one for one in found if "support-desk" in one["services"] and one["turns"] <= 8]
    longest = max(talks, key=lambda one: (one["turns"], one["session_id"]))
    return f"/sessions/{longest['session_id']}?range=7d"


def _masked_span(engine: RunningEngine) -> str:
    """Return the path of a span in which something was masked, in the longest of the newest such traces."""
    found = _asked(engine, "/decisions", "decisions", policy="privacy.default", limit="200")
    masked: dict[str, str] = {one["trace_id"]: one["span_id"] for one in found}
    lengths = {trace: len(engine.get(f"/traces/{trace}").json()["spans"]) for trace in sorted(masked)[:60]}
    longest = max(sorted(lengths), key=lengths.__getitem__)
    return f"/traces/{longest}?span={masked[longest]}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
