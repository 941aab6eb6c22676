"""Canonical JSON: one spelling of a value, so that equal content has equal bytes and an equal digest."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def canonical(content: Any) -> bytes:  # noqa: ANN401 (JSON has no narrower type)
    """Return ``content`` as UTF-8 JSON: sorted keys, no spaces, no NaN, a newline at the end."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8") + b"\n"


def sha256(data: bytes) -> str:
    """Return the SHA-256 of ``data`` in hex."""
    return hashlib.sha256(data).hexdigest()
