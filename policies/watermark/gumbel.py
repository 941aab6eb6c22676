"""Finds a keyed Gumbel-max watermark in token ids, as vLLM (0.30 and later) writes it.

    token ids -> contexts (the ids before each) -> keyed uniforms -> score = sum of -ln(1 - u) -> p-value

The sampler picked the token whose keyed uniform, weighed by its probability, was largest; so under the right key the
uniforms of the chosen tokens lean to 1. The method is Aaronson's (2022); the keyed hash and the dual-key form are
vLLM's. Only completion ids count: the first contexts are filled up with -1, the prompt is never seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from policies.language import SCHEMES, Scheme
from policies.watermark.keys import checked_key, sub_key
from policies.watermark.philox import LARGEST_WORD, Words, uniforms
from policies.watermark.tails import dual_tail, exact_dual_tail, gamma_tail


@dataclass(frozen=True, slots=True)
class GumbelConfig:
    """How the mark was written. ``dual_alpha`` is the second key's weight and counts for ``dual_key_gumbel`` only.

    ``deduplicate``: a context that comes again brings the same keyed numbers again, so only its first place counts;
    without it templated text is called marked far too often.
    """

    scheme: Scheme = "gumbel"
    context_width: int = 4
    dual_alpha: float = 0.2
    deduplicate: bool = True

    def __post_init__(self) -> None:
        if self.scheme not in SCHEMES:
            raise ValueError(f"a scheme is one of {', '.join(SCHEMES)}, not {self.scheme!r}")
        if self.context_width < 1:
            raise ValueError(f"context_width is 1 or more, not {self.context_width}")
        if not 0.0 <= self.dual_alpha <= 1.0:
            raise ValueError(f"dual_alpha lies between 0 and 1, not {self.dual_alpha}")


@dataclass(frozen=True, slots=True)
class Score:
    """What the ids score under a key.

    ``p_value`` is what vLLM's own detector says; ``exact_p_value`` is the exact chance of such a score without a
    mark, which differs for the dual scheme alone. A verdict rests on the exact one.
    """

    score: float
    p_value: float
    tokens_scored: int
    exact_p_value: float


NOTHING = Score(0.0, 1.0, 0, 1.0)


def verify(token_ids: Sequence[int] | NDArray[np.int64], key: int, config: GumbelConfig | None = None) -> Score:
    """Score the completion's ``token_ids`` under ``key``.

    Raises ValueError for an id outside 0..2^32-1 and for a key that does not fit in 64 bits.
    """
    config = config or GumbelConfig()
    checked_key(key)
    tokens = checked_ids(token_ids)
    contexts, targets = scored_places(tokens, config)
    if not len(targets):
        return NOTHING
    if config.scheme == "gumbel":
        total = float(token_scores(key, contexts, targets).sum())
        p_value = gamma_tail(len(targets), total)
        return Score(total, p_value, len(targets), p_value)
    first = token_scores(sub_key(key, b"key_a"), contexts, targets)
    second = token_scores(sub_key(key, b"key_b"), contexts, targets)
    alpha = config.dual_alpha
    total = float(((1.0 - alpha) * first + alpha * second).sum())
    return Score(
        total, dual_tail(len(targets), total, alpha), len(targets), exact_dual_tail(len(targets), total, alpha)
    )


def checked_ids(token_ids: Sequence[int] | NDArray[np.int64]) -> Words:
    """Return the ids as words; raises ValueError when one is no id."""
    if len(token_ids) == 0:
        return np.zeros(0, np.uint64)
    given = np.asarray(token_ids)
    if given.ndim != 1 or given.dtype.kind not in "iu":
        raise ValueError("token ids are a list of whole numbers")
    if int(given.min()) < 0 or int(given.max()) > LARGEST_WORD:
        raise ValueError("a token id is a number from 0 to 2^32-1")
    return given.astype(np.uint64)


def scored_places(tokens: Words, config: GumbelConfig) -> tuple[Words, Words]:
    """Return the contexts (places x width) and tokens that count: each context once, at its first place."""
    width = config.context_width
    padded = np.concatenate([np.full(width, LARGEST_WORD, np.uint64), tokens])
    contexts = np.lib.stride_tricks.sliding_window_view(padded, width)[: len(tokens)]
    if not config.deduplicate or len(tokens) < 2:
        return contexts, tokens
    rows = np.ascontiguousarray(contexts.astype(np.uint32)).view(np.dtype((np.void, 4 * width)))[:, 0]
    first = np.sort(np.unique(rows, return_index=True)[1])
    return contexts[first], tokens[first]


def token_scores(key: int, contexts: Words, targets: Words) -> NDArray[np.float64]:
    """Return -ln(1 - u) for each place: Exp(1) without a mark, larger with it."""
    return -np.log1p(-uniforms(key, contexts, targets))
