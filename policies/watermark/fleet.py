"""What many outputs say together: whether their marking can be as it should be, and the p-value of those without.

Under one key and scheme scores and tokens add up, so the outputs of a window are tested as one long output. And a
marked output fails to verify now and then: before a model is accused, the shortfall must be beyond that.
"""

from __future__ import annotations

from scipy import stats

from policies.watermark.gumbel import GumbelConfig
from policies.watermark.tails import exact_dual_tail, gamma_tail


def pooled_p_value(tokens: int, total: float, config: GumbelConfig) -> float:
    """Return the chance that ``tokens`` scored tokens without a mark reach the score ``total``."""
    if config.scheme == "gumbel":
        return gamma_tail(tokens, total)
    return exact_dual_tail(tokens, total, config.dual_alpha)


def chance_if_marked(absent: int, judged: int, lowest: float, power: float) -> float:
    """Return an upper bound of the chance that marked outputs look like this.

    Two things speak against them, and the stronger counts (twice, for there are two): that ``absent`` of ``judged``
    do not verify, though each marked one does with ``power``; and that the clearest of them scores ``lowest``
    standard deviations from a marked output's mean (times ``judged``, for it was picked from so many).
    """
    by_count = float(stats.binom.sf(absent - 1, judged, 1.0 - power))
    by_lowest = judged * float(stats.norm.cdf(lowest))
    return min(1.0, 2.0 * min(by_count, by_lowest))
