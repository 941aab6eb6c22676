"""Small JSON files by which the processes of one data directory tell each other what they are doing.

``acceptor.json``  written each second by the acceptor: its pid, ports and counters; stale when it has died.
``engine.json``    written once by the engine when its web answers: its pid and address.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ACCEPTOR, ENGINE = "acceptor.json", "engine.json"
# An acceptor that has not written for so long does not accept.
STALE_SECONDS = 5.0


def write_note(path: Path, content: Mapping[str, Any]) -> None:
    """Replace the file as one, so that a reader never sees half of it; readable by the owner alone."""
    draft = path.with_suffix(f".{os.getpid()}.part")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(content))
    draft.replace(path)


def read_note(path: Path) -> dict[str, Any]:
    """Return what was written; empty when there is nothing yet or the file was damaged."""
    try:
        content = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def age_seconds(path: Path) -> float:
    """How long ago the note was written; infinite when it was not."""
    try:
        return max(0.0, time.time() - path.stat().st_mtime)
    except OSError:
        return float("inf")
