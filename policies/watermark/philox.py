"""Philox4x32-10 as a keyed hash of (context, token), over whole arrays.

The generator is Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011
(doi 10.1145/2063384.2063405). How a context and a token become its counter and key is vLLM's
``philox4x32-10-v1`` (Apache-2.0). Philox is not a cryptographic hash: a key must stay secret, and scores must not
be handed out, or a mark can be forged.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]  # 32-bit words, kept in 64 bits so that a product keeps its high half

MASK = np.uint64(0xFFFFFFFF)
HALF = np.uint64(32)
MULTIPLIERS = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
WEYL = (0x9E3779B9, 0xBB67AE85)
ROUNDS = 10
CONTEXT_DOMAIN = 0x574D4358  # "WMCX"
TOKEN_DOMAIN = 0x574D544B  # "WMTK"
LARGEST_WORD = 0xFFFFFFFF
STEPS = 1 << 24  # a uniform has 24 bits, and lies strictly between 0 and 1


def philox(counter: tuple[Words, Words, Words, Words], key: tuple[Any, Any]) -> tuple[Words, Words, Words, Words]:
    """Return the four output words for each counter; ``key`` holds two words, scalars or arrays that broadcast."""
    c0, c1, c2, c3 = counter
    k0, k1 = np.asarray(key[0], np.uint64), np.asarray(key[1], np.uint64)
    for _ in range(ROUNDS):
        product0, product1 = c0 * MULTIPLIERS[0], c2 * MULTIPLIERS[1]
        c0, c1, c2, c3 = (
            (product1 >> HALF) ^ c1 ^ k0,
            product1 & MASK,
            (product0 >> HALF) ^ c3 ^ k1,
            product0 & MASK,
        )
        k0 = (k0 + np.uint64(WEYL[0])) & MASK
        k1 = (k1 + np.uint64(WEYL[1])) & MASK
    return c0, c1, c2, c3


def context_state(key: int, contexts: Words) -> tuple[Words, Words, Words, Words]:
    """Absorb ``contexts`` (rows x width, 32-bit words) four words at a time; a missing word i is 0xFFFFFFFF - i."""
    rows, width = contexts.shape
    low, high = key & LARGEST_WORD, key >> 32
    state = tuple(np.full(rows, word, np.uint64) for word in (CONTEXT_DOMAIN, width, 0, 0))
    for offset in range(0, width, 4):
        block = [
            contexts[:, offset + i] if offset + i < width else np.full(rows, LARGEST_WORD - i, np.uint64)
            for i in range(4)
        ]
        counter = tuple(word ^ absorbed for word, absorbed in zip(state, block, strict=True))
        state = philox((counter[0], counter[1], counter[2], counter[3]), (low ^ offset, high))
    return state[0], state[1], state[2], state[3]


def uniforms(key: int, contexts: Words, tokens: Words) -> NDArray[np.float64]:
    """Return the keyed uniform of each (context, token): rows x width words and rows tokens give rows numbers.

    Each lies strictly between 0 and 1 and is one that a 32-bit float holds, as the sampler uses it.
    """
    s0, s1, s2, s3 = context_state(key, contexts)
    low, high = key & LARGEST_WORD, key >> 32
    words = philox((tokens >> np.uint64(2), s0, s1, s2), (s3 ^ np.uint64(low), high ^ TOKEN_DOMAIN))
    chosen = np.choose((tokens & np.uint64(3)).astype(np.intp), words)
    steps = (chosen >> np.uint64(8)).astype(np.float64) + 1.0
    return (steps / (STEPS + 1)).astype(np.float32).astype(np.float64)
