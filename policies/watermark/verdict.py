"""Present, absent, inconclusive: the one rule that turns a score into a verdict.

present        the exact p-value is at most alpha (true at any length: alpha is the false-positive rate)
absent         it is not, though so many tokens are scored that a mark would be found with the wanted power
inconclusive   it is not, and the output is too short to say more
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from scipy import stats

from policies.watermark.gumbel import GumbelConfig, Score
from policies.watermark.tails import dual_variance

Verdict = Literal["present", "absent", "inconclusive"]


@dataclass(frozen=True, slots=True)
class VerdictRule:
    """``alpha``: false-positive rate of one verdict. ``power``: how surely a mark must be found before its lack counts.

    ``bits_per_token`` is the entropy that the text is assumed to have: of the tokens, this share is taken to be a
    free choice between two equally likely ones, the others forced. Prose has about 1, code and JSON less, and a
    forced text cannot carry a mark at all.
    """

    alpha: float = 1e-3
    power: float = 0.95
    bits_per_token: float = 0.75


def judge(score: Score, config: GumbelConfig, rule: VerdictRule) -> Verdict:
    """Return the verdict on one output."""
    if score.tokens_scored and score.exact_p_value <= rule.alpha:
        return "present"
    return "absent" if expected_power(score.tokens_scored, config, rule) >= rule.power else "inconclusive"


@lru_cache(8192)
def expected_power(tokens: int, config: GumbelConfig, rule: VerdictRule) -> float:
    """Return the chance that a marked output of ``tokens`` scored tokens is called present, under the rule's entropy.

    The critical score is the exact quantile without a mark; the marked sum is taken as normal, which a simulation in
    the tests confirms to within 0.02.
    """
    if tokens < 1:
        return 0.0
    keys = _variance(config)
    critical = keys * float(stats.gamma.isf(rule.alpha, tokens / keys))
    mean, variance = marked_moments(config, rule)
    return float(stats.norm.sf((critical - tokens * mean) / math.sqrt(tokens * variance)))


def marked_moments(config: GumbelConfig, rule: VerdictRule) -> tuple[float, float]:
    """Return mean and variance of one token's score in a marked output, under the rule's entropy.

    A free choice between two scores the larger of two Exp(1) (mean 1.5, variance 1.25), a forced token one Exp(1).
    """
    keys, h = _variance(config), rule.bits_per_token
    return 1.0 + 0.5 * h * keys, keys + (0.25 * h + 0.25 * h * (1.0 - h)) * keys


def _variance(config: GumbelConfig) -> float:
    return dual_variance(config.dual_alpha) if config.scheme == "dual_key_gumbel" else 1.0


@lru_cache(256)
def tokens_needed(config: GumbelConfig, rule: VerdictRule) -> int:
    """Return how many scored tokens an output needs before ``absent`` can be said of it."""
    low, high = 0, 1
    while expected_power(high, config, rule) < rule.power:
        low, high = high, high * 2
        if high > 1 << 20:
            raise ValueError("with so little entropy no length is enough to call a mark absent")
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if expected_power(middle, config, rule) >= rule.power else (middle, high)
    return high
