"""JSON files that people can read and git can compare."""

from __future__ import annotations

import json
from pathlib import Path


def write_json(path: Path, value: object) -> None:
    """Write ``value`` with an item a line."""
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n")
