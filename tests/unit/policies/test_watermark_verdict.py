"""Tails are exact, the power that a verdict claims is there, and false positives stay at the rate promised."""

import numpy as np
import pytest
from scipy import stats

from bench.watermark_fpr import p_values, rates
from policies.watermark.gumbel import GumbelConfig, Score, verify
from policies.watermark.philox import uniforms
from policies.watermark.tails import dual_tail, exact_dual_tail, gamma_tail, log_gamma_tail
from policies.watermark.verdict import VerdictRule, expected_power, judge, tokens_needed

RULE = VerdictRule()
GUMBEL = GumbelConfig()
DUAL = GumbelConfig("dual_key_gumbel", dual_alpha=0.2)


def marked(tokens: int, key: int, seed: int, bits: float = 1.0) -> list[int]:
    """Sample ids as the marking server would: of two likely tokens the one with the larger keyed uniform."""
    rng = np.random.default_rng(seed)
    ids: list[int] = []
    for _ in range(tokens):
        pair = rng.integers(0, 50_000, 2)
        context = np.array([([0xFFFFFFFF] * 4 + ids)[-4:]] * 2, np.uint64)
        best = int(np.argmax(uniforms(key, context, pair.astype(np.uint64)))) if rng.random() < bits else 0
        ids.append(int(pair[best]))
    return ids


def test_a_marked_text_is_present_and_an_unmarked_one_absent():
    assert judge(verify(marked(250, 42, 1), 42), GUMBEL, RULE) == "present"
    assert judge(verify(marked(250, 42, 1), 43), GUMBEL, RULE) == "absent"


def test_a_short_text_is_inconclusive_not_absent():
    assert judge(verify(marked(60, 42, 2), 43), GUMBEL, RULE) == "inconclusive"
    assert judge(verify([], 43), GUMBEL, RULE) == "inconclusive"


def test_strong_evidence_counts_at_any_length():
    assert judge(Score(40.0, 1e-9, 8, 1e-9), GUMBEL, RULE) == "present"


def test_the_verdict_rests_on_the_exact_tail():
    assert judge(Score(90.0, 0.9e-3, 300, 1.1e-3), DUAL, VerdictRule(power=0.5)) == "absent"


def test_absent_at_two_hundred_tokens_by_default():
    assert 150 < tokens_needed(GUMBEL, RULE) <= 200
    assert tokens_needed(DUAL, RULE) > tokens_needed(GUMBEL, RULE)
    assert tokens_needed(GUMBEL, VerdictRule(bits_per_token=0.3)) > 800


def test_text_without_entropy_can_never_be_called_absent():
    with pytest.raises(ValueError, match="entropy"):
        tokens_needed(GUMBEL, VerdictRule(bits_per_token=0.0))


@pytest.mark.parametrize(("bits", "tokens"), [(0.75, 190), (1.0, 110), (0.5, 400)])
def test_expected_power_is_what_a_simulation_finds(bits, tokens):
    rng = np.random.default_rng(5)
    scores = rng.exponential(size=(2, 20_000, tokens))
    free = rng.random((20_000, tokens)) < bits
    sums = np.where(free, scores.max(axis=0), scores[0]).sum(axis=1)
    found = (sums >= stats.gamma.isf(RULE.alpha, tokens)).mean()
    assert expected_power(tokens, GUMBEL, VerdictRule(bits_per_token=bits)) == pytest.approx(found, abs=0.02)


def test_exact_dual_tail_is_what_a_simulation_finds():
    rng = np.random.default_rng(6)
    sums = 0.8 * rng.gamma(50, size=400_000) + 0.2 * rng.gamma(50, size=400_000)
    for score in (55.0, 60.0, 66.0):
        found = (sums >= score).mean()
        assert exact_dual_tail(50, score, 0.2) == pytest.approx(found, rel=0.06)
    assert exact_dual_tail(50, 75.0, 0.2) > 1.05 * dual_tail(50, 75.0, 0.2)


@pytest.mark.parametrize("alpha", [0.0, 0.5, 1.0])
def test_exact_dual_tail_meets_the_closed_forms(alpha):
    assert exact_dual_tail(40, 60.0, alpha) == pytest.approx(dual_tail(40, 60.0, alpha), rel=1e-9)


def test_exact_dual_tail_is_the_same_for_swapped_keys_and_near_the_ends():
    assert exact_dual_tail(30, 40.0, 0.3) == pytest.approx(exact_dual_tail(30, 40.0, 0.7), rel=1e-12)
    assert exact_dual_tail(30, 40.0, 1e-6) == pytest.approx(gamma_tail(30, 40.0), rel=1e-3)
    assert exact_dual_tail(30, 40.0, 0.4999999) == pytest.approx(gamma_tail(60, 80.0), rel=1e-4)


def test_log_tail_goes_on_where_a_double_ends():
    assert log_gamma_tail(1, 5000.0) == pytest.approx(-5000.0)
    assert log_gamma_tail(200, 2000.0) == pytest.approx(-1345.2493365367957, rel=1e-9)
    assert log_gamma_tail(50, 20.0) == pytest.approx(np.log(gamma_tail(50, 20.0)))
    assert gamma_tail(5, 5000.0) == 0.0
    assert gamma_tail(0, 3.0) == gamma_tail(3, 0.0) == 1.0


@pytest.mark.parametrize("config", [GUMBEL, DUAL], ids=["gumbel", "dual"])
def test_false_positives_stay_at_the_nominal_rate(config):
    found, natural = p_values(3000, 3, config, one_key=False)
    assert all(rate.holds for rate in rates(found))
    assert all(rate.holds for rate in rates(found[natural]))


def test_the_false_positive_test_can_fail():
    found, natural = p_values(3000, 3, GumbelConfig(deduplicate=False), one_key=False)
    assert not all(rate.holds for rate in rates(found[natural]))
