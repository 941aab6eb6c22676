"""Scores many outputs at once: the keyed hash runs over the places of all of them, in pieces that stay in the cache.

It says of each what ``gumbel.verify`` says of it alone, in about half the time for outputs of some hundred tokens.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from policies.watermark.gumbel import NOTHING, GumbelConfig, Score, checked_ids, scored_places, token_scores
from policies.watermark.keys import checked_key, sub_key
from policies.watermark.philox import Words
from policies.watermark.tails import dual_tail, exact_dual_tail, gamma_tail

PIECE = 1 << 14  # places; a hash keeps about twelve words of eight bytes for each


def verify_many(outputs: Sequence[Sequence[int]], key: int, config: GumbelConfig) -> list[Score]:
    """Return the score of each output's token ids under ``key``, in their order.

    Raises ValueError for an id outside 0..2^32-1 and for a key that does not fit in 64 bits.
    """
    checked_key(key)
    places = [scored_places(checked_ids(ids), config) for ids in outputs]
    sizes = [len(targets) for _, targets in places]
    if not sum(sizes):
        return [NOTHING] * len(outputs)
    contexts = np.concatenate([contexts for contexts, _ in places])
    targets = np.concatenate([targets for _, targets in places])
    ends = np.cumsum(sizes)
    scores = np.split(_scores(key, contexts, targets, config), ends[:-1])
    tails = _tails(config)
    return [_score(float(part.sum()), size, tails) for part, size in zip(scores, sizes, strict=True)]


def _scores(key: int, contexts: Words, targets: Words, config: GumbelConfig) -> NDArray[np.float64]:
    if config.scheme == "gumbel":
        return _in_pieces(key, contexts, targets)
    first = _in_pieces(sub_key(key, b"key_a"), contexts, targets)
    second = _in_pieces(sub_key(key, b"key_b"), contexts, targets)
    return (1.0 - config.dual_alpha) * first + config.dual_alpha * second


def _in_pieces(key: int, contexts: Words, targets: Words) -> NDArray[np.float64]:
    starts = range(0, len(targets), PIECE)
    return np.concatenate([token_scores(key, contexts[at : at + PIECE], targets[at : at + PIECE]) for at in starts])


Tails = tuple[Callable[[int, float], float], Callable[[int, float], float]]


def _tails(config: GumbelConfig) -> Tails:
    """Return how vLLM and how we turn tokens and a score into a p-value."""
    if config.scheme == "gumbel":
        return gamma_tail, gamma_tail
    alpha = config.dual_alpha
    return (lambda tokens, score: dual_tail(tokens, score, alpha)), (
        lambda tokens, score: exact_dual_tail(tokens, score, alpha)
    )


def _score(total: float, tokens: int, tails: Tails) -> Score:
    if not tokens:
        return NOTHING
    theirs, exact = tails
    p_value = theirs(tokens, total)
    return Score(total, p_value, tokens, p_value if exact is theirs else exact(tokens, total))
