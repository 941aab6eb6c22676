"""Spanwarden as a user runs it: ``spanwarden up`` in processes of its own, on free ports and a data directory."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

START_SECONDS = 60.0
PAGE_CALLBACK = "..page.children...title.data.."
VIEWER = {"zone": "UTC", "scheme": "light", "narrow": False}


@dataclass(frozen=True, slots=True)
class Up:
    """A running Spanwarden: where it answers and where it writes."""

    data_dir: Path
    log: Path
    grpc: str
    http: str
    web: str
    pid: int

    def get(self, path: str) -> str:
        """Return the body of a GET, which must succeed."""
        answer = requests.get(f"{self.web}{path}", timeout=60)
        assert answer.status_code == 200, answer.text[:300]
        return answer.text

    def page(self, path: str, search: str = "") -> str:
        """Return what the page's callback sends to the browser for ``path``."""
        known = {"url.pathname": path, "url.search": search, "viewer.data": VIEWER}
        (callback,) = (one for one in json.loads(self.get("/_dash-dependencies")) if one["output"] == PAGE_CALLBACK)
        asked = {
            "output": PAGE_CALLBACK,
            "outputs": [{"id": "page", "property": "children"}, {"id": "title", "property": "data"}],
            "inputs": [{**one, "value": known[f"{one['id']}.{one['property']}"]} for one in callback["inputs"]],
            "changedPropIds": ["url.pathname"],
        }
        answer = requests.post(f"{self.web}/_dash-update-component", json=asked, timeout=60)
        assert answer.status_code == 200, answer.text[:300]
        return answer.text

    def stats(self) -> dict[str, Any]:
        """Return the API's counters."""
        stats: dict[str, Any] = json.loads(self.get("/api/v1/stats"))
        return stats

    def await_stored(self, spans: int, seconds: float = 30.0) -> None:
        """Wait until so many spans are stored."""
        self.await_count("spans_stored", spans, seconds)

    def await_count(self, name: str, wanted: int, seconds: float = 30.0) -> None:
        """Wait until a counter of the API has reached a number, and is no other."""
        until = time.monotonic() + seconds
        while self.stats()[name] < wanted and time.monotonic() < until:
            time.sleep(0.1)
        assert self.stats()[name] == wanted


@contextlib.contextmanager
def up(folder: Path, **settings: str) -> Iterator[Up]:
    """Run ``spanwarden up`` until the block ends, then drain it as Ctrl-C does; it must exit with 0."""
    data_dir, log = folder / "data", folder / "up.log"
    own = {"DATA_DIR": str(data_dir), "GRPC_PORT": "0", "HTTP_PORT": "0", "WEB_PORT": "0", "SPOOL_MIN_FREE_BYTES": "0"}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SPANWARDEN_")}
    environment |= {f"SPANWARDEN_{name.upper()}": value for name, value in {**own, **settings}.items()}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "spanwarden", "up"], cwd=folder, env=environment, stdout=output, stderr=output
        )
        try:
            yield _await_ready(process, data_dir, log)
        finally:
            process.send_signal(signal.SIGINT)
            code = process.wait(90)
    assert code == 0, log.read_text()[-2000:]


def _await_ready(process: subprocess.Popen[bytes], data_dir: Path, log: Path) -> Up:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError, ValueError, KeyError, requests.RequestException):
            acceptor = json.loads((data_dir / "acceptor.json").read_text())
            web = json.loads((data_dir / "engine.json").read_text())["address"]
            if requests.get(f"{web}/readyz", timeout=2).ok:
                grpc = f"127.0.0.1:{acceptor['grpc_port']}"
                return Up(data_dir, log, grpc, f"http://127.0.0.1:{acceptor['http_port']}/v1/traces", web, process.pid)
        time.sleep(0.1)
    raise AssertionError(f"spanwarden up did not become ready:\n{log.read_text()[-3000:]}")
