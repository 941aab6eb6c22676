"""Token ids as a server with a watermark would sample them: vLLM's keyed Gumbel-max over Philox4x32-10.

The generator's side of the scheme that policies verify (Kuditipudi et al. 2023; vLLM ``vllm-philox4x32-10-v1``): of a
step's candidates the one with the largest log p - log(-log u) is taken, u being drawn by the key and the last four
output ids instead of by chance. The candidates are made up: 16 of 32,000 ids a step, their probabilities after Zipf.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# The demo's key and the name it is kept under in the secrets folder. It protects nothing.
DEMO_MARKING_KEY_NAME = "demo-key"
DEMO_MARKING_KEY = 0x5350414E57415244

WIDTH = 4
VOCABULARY = 32_000
CANDIDATES = 16
ZIPF = 2.0

_MASK = np.uint64(0xFFFFFFFF)
_BITS = np.uint64(32)
_MULTIPLIERS = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
_WEYL = (np.uint64(0x9E3779B9), np.uint64(0xBB67AE85))
_CONTEXT_TAG, _TOKEN_TAG = np.uint64(0x574D4358), np.uint64(0x574D544B)

Words = NDArray[np.uint64]


def sample_ids(lengths: NDArray[np.int64], marked: NDArray[np.bool_], key: int, seed: list[int]) -> list[list[int]]:
    """Return token ids of the asked lengths, one list an output, marked under ``key`` where ``marked`` says so."""
    rng = np.random.default_rng(seed)
    outputs, longest = len(lengths), int(lengths.max(initial=0))
    weights = np.log(1.0 / np.arange(1, CANDIDATES + 1) ** ZIPF)
    ids = np.full((outputs, WIDTH + longest), -1, dtype=np.int64)
    for place in range(WIDTH, WIDTH + longest):
        candidates = rng.integers(0, VOCABULARY, size=(outputs, CANDIDATES))
        chance = rng.uniform(1e-12, 1.0, size=(outputs, CANDIDATES))
        keyed = uniforms(ids[:, place - WIDTH : place], candidates, key).astype(np.float64)
        noise = np.where(marked[:, None], keyed, chance)
        best = np.argmax(weights - np.log(-np.log(noise)), axis=1)
        ids[:, place] = candidates[np.arange(outputs), best]
    return [row[WIDTH : WIDTH + length].tolist() for row, length in zip(ids, lengths, strict=True)]


def uniforms(context: NDArray[np.int64], tokens: NDArray[np.int64], key: int) -> NDArray[np.float32]:
    """Return u of each candidate: ``context`` [outputs, 4] (-1 before the start), ``tokens`` [outputs, candidates]."""
    low, high = np.uint64(key & 0xFFFFFFFF), np.uint64(key >> 32)
    block = [context[:, place].astype(np.uint64) & _MASK for place in range(WIDTH)]
    zero = np.zeros(len(context), dtype=np.uint64)
    state = _philox(
        (_CONTEXT_TAG ^ block[0], np.uint64(WIDTH) ^ block[1], block[2], block[3]), (low + zero, high + zero)
    )
    ids = tokens.astype(np.uint64)
    spread = [np.broadcast_to(word[:, None], ids.shape) for word in state]
    counter = (ids >> np.uint64(2), spread[0], spread[1], spread[2])
    words = _philox(counter, (low ^ spread[3], np.full_like(ids, high ^ _TOKEN_TAG)))
    word = np.choose(tokens & 3, words)
    return (((word >> np.uint64(8)) + np.uint64(1)).astype(np.float64) / (2**24 + 1)).astype(np.float32)


def _philox(counter: tuple[Words, ...], key: tuple[Words, Words]) -> tuple[Words, Words, Words, Words]:
    """Philox4x32-10 (Salmon et al. 2011), 32-bit words in 64-bit arrays."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for turn in range(10):
        if turn:
            k0, k1 = (k0 + _WEYL[0]) & _MASK, (k1 + _WEYL[1]) & _MASK
        p0, p1 = c0 * _MULTIPLIERS[0], c2 * _MULTIPLIERS[1]
        c0, c1, c2, c3 = (p1 >> _BITS) ^ c1 ^ k0, p1 & _MASK, (p0 >> _BITS) ^ c3 ^ k1, p0 & _MASK
    return c0, c1, c2, c3
