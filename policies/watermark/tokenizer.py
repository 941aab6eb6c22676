"""Token ids of a text, by the model's own ``tokenizer.json`` that the user supplies.

A model need not have spelt its text the way that its tokenizer spells it, and one other id changes the contexts of
the next few. So a score over re-tokenised text is weaker evidence than one over the ids that were sampled, and says
so: ``Encoded.retokenised`` is true, and ``mismatch`` counts characters that did not survive the round trip.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Encoded:
    """Ids of a text. ``mismatch`` is the share of the text that decoding the ids does not give back, 0 to 1."""

    token_ids: tuple[int, ...]
    retokenised: bool
    mismatch: float


class TextTokenizer:
    """One ``tokenizer.json``, named in evidence by the SHA-256 of its file."""

    def __init__(self, path: Path) -> None:
        """Load ``path``. Raises ValueError when it is no tokenizer or when the ``tokenizer`` extra is not installed."""
        content = path.read_bytes()
        self.sha256 = hashlib.sha256(content).hexdigest()
        self._tokenizer = _load(content, path)

    def encode(self, text: str) -> Encoded:
        """Return the ids of ``text`` without special tokens."""
        ids = tuple(int(i) for i in self._tokenizer.encode(text, add_special_tokens=False).ids)
        back = self._tokenizer.decode(list(ids), skip_special_tokens=False)
        return Encoded(ids, True, _mismatch(text, back))


def _load(content: bytes, path: Path) -> Any:  # noqa: ANN401 (an optional package without types)
    try:
        from tokenizers import Tokenizer  # noqa: PLC0415 (an optional extra)
    except ImportError:
        raise ValueError("to score text, install the tokenizer extra: pip install 'spanwarden[tokenizer]'") from None
    try:
        return Tokenizer.from_str(content.decode())
    except Exception as error:  # noqa: BLE001 (the package raises bare Exception)
        raise ValueError(f"{path.name} is no tokenizer.json: {error}") from None


def _mismatch(text: str, back: str) -> float:
    if text == back:
        return 0.0
    same = sum(a == b for a, b in zip(text, back, strict=False))
    return 1.0 - same / max(len(text), len(back))
