"""Finds the engine that owns a data directory and asks it over HTTP."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from spanwarden.notes import ENGINE, read_note
from storage.errors import StoreRejected, StoreUnavailable

REQUEST_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class RunningEngine:
    """An engine that answers at ``address``, such as ``http://127.0.0.1:8600``."""

    address: str
    pid: int

    def get(self, path: str, **query: str) -> requests.Response:
        """GET ``/api/v1`` + path; raises StoreUnavailable or StoreRejected with the API's own words."""
        return self._answer("GET", path, params=query)

    def post(self, path: str, body: dict[str, Any]) -> requests.Response:
        """POST JSON to ``/api/v1`` + path; raises as ``get``."""
        return self._answer("POST", path, json=body)

    def _answer(self, method: str, path: str, **options: Any) -> requests.Response:  # noqa: ANN401 (requests' own)
        try:
            answer = requests.request(method, f"{self.address}/api/v1{path}", timeout=REQUEST_SECONDS, **options)
        except requests.RequestException as error:
            raise StoreUnavailable(
                f"the engine (process {self.pid}) does not answer at {self.address}: {type(error).__name__}"
            ) from None
        if answer.status_code >= 500:
            raise StoreUnavailable(f"the engine answered {answer.status_code}: {_reason(answer)}")
        if answer.status_code >= 400:
            raise StoreRejected(_reason(answer))
        return answer


def find_engine(data_dir: Path) -> RunningEngine | None:
    """Return the engine that runs on ``data_dir``; None when none does."""
    note = read_note(data_dir / ENGINE)
    pid = note.get("pid")
    if not isinstance(pid, int) or not _alive(pid):
        return None
    return RunningEngine(str(note.get("address", "")), pid)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _reason(answer: requests.Response) -> str:
    try:
        body = answer.json()
    except ValueError:
        return answer.reason or "no reason given"
    error = body.get("error", body) if isinstance(body, dict) else body
    return str(error.get("message", error)) if isinstance(error, dict) else str(error)
