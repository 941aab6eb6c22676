"""Watermark keys: 64-bit numbers, read from text, split into the two sub-keys of the dual scheme."""

from __future__ import annotations

import hashlib

LARGEST_KEY = (1 << 64) - 1


def key_variable(name: str) -> str:
    """Return the environment variable that holds the key ``name``: ``SPANWARDEN_KEY_CHAT_EU`` for ``chat-eu``."""
    return f"SPANWARDEN_KEY_{name.upper().replace('-', '_')}"


def parse_key(text: bytes) -> int:
    """Read a key as vLLM's configuration writes it: a decimal number, or 0x and up to 16 hex digits.

    Raises ValueError; the message never repeats the text.
    """
    try:
        digits = text.decode("ascii").strip()
        key = int(digits, 16) if digits.lower().startswith("0x") else int(digits, 10)
    except ValueError:
        raise ValueError("a watermark key is a number from 0 to 2^64-1, written as 42 or as 0x2a") from None
    return checked_key(key)


def checked_key(key: int) -> int:
    """Return ``key`` if it fits in 64 bits; raises ValueError without repeating it."""
    if not 0 <= key <= LARGEST_KEY:
        raise ValueError("a watermark key is a number from 0 to 2^64-1")
    return key


def sub_key(key: int, label: bytes) -> int:
    """Derive one key of the dual scheme: the first 8 bytes of SHA-256 over ``label`` and the key, big-endian."""
    return int.from_bytes(hashlib.sha256(label + key.to_bytes(8, "big")).digest()[:8], "big")
