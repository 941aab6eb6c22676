"""What some calls carry besides: a secret in the prompt, the token ids of a marked or unmarked output."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from spanwarden.demo.calls import NONE, Calls
from spanwarden.demo.cast import MARKED_MODEL, STEPS, STREAMS
from spanwarden.demo.marking import DEMO_MARKING_KEY, sample_ids
from spanwarden.demo.personal import KINDS, Secret, make_secret
from spanwarden.demo.roles import OTEL
from spanwarden.demo.spans import Extras

SECRETS_A_DAY = 36
SECRETS, IDS = range(2)


def make_extras(calls: Calls, days: float, seed: Sequence[int]) -> Extras:
    """Choose which of ``calls``, spread over ``days``, carry what."""
    return Extras(_secrets(calls, days, np.random.default_rng([*seed, SECRETS])), _token_ids(calls, seed))


def _secrets(calls: Calls, days: float, rng: np.random.Generator) -> dict[int, Secret]:
    """Choose calls that carry content, and what each of them gives away."""
    carries = np.array([step.operation == "execute_tool" or step.operation == "chat" for step in STEPS])
    genai = np.array([stream.dialect == OTEL and not stream.scene for stream in STREAMS])[calls.stream]
    rows = np.flatnonzero(genai & (calls.content != NONE) & (calls.step >= 0) & carries[calls.step])
    chosen = rng.choice(rows, size=min(len(rows), round(SECRETS_A_DAY * days)), replace=False)
    return {
        int(span): make_secret(KINDS[place % len(KINDS)], rng) for place, span in enumerate(np.sort(calls.span[chosen]))
    }


def _token_ids(calls: Calls, seed: Sequence[int]) -> dict[int, list[int]]:
    """Return the ids of every output of the model whose server marks; unmarked under the release that forgets."""
    marked_step = next(number for number, step in enumerate(STEPS) if step.target == MARKED_MODEL)
    rows = np.flatnonzero((calls.step == marked_step) & (calls.error == NONE))
    marked = calls.version[rows] == 0
    ids = sample_ids(calls.output_tokens[rows], marked, DEMO_MARKING_KEY, [*seed, IDS])
    return dict(zip(calls.span[rows].tolist(), ids, strict=True))
