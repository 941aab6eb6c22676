"""Many outputs scored at once score as each alone, vLLM's own cases among them."""

import json
from pathlib import Path

import numpy as np
import pytest

from policies.watermark.batch import PIECE, verify_many
from policies.watermark.gumbel import GumbelConfig, verify

GOLDENS = json.loads((Path(__file__).parents[2] / "data" / "watermark_vllm_goldens.json").read_text())["cases"]


@pytest.mark.parametrize("case", GOLDENS, ids=lambda case: case["name"])
def test_golden_case_matches(case):
    config = GumbelConfig(case["scheme"], case["context_width"], case["dual_alpha"], case["deduplicate"])
    for found in verify_many([case["token_ids"]] * 3, int(case["key"]), config):
        assert found.tokens_scored == case["tokens_scored"]
        assert found.score == pytest.approx(case["score"], rel=1e-9)
        assert found.p_value == pytest.approx(case["p_value"], rel=1e-9)


@pytest.mark.parametrize(
    "config",
    [
        GumbelConfig(),
        GumbelConfig(context_width=1),
        GumbelConfig(context_width=17, deduplicate=False),
        GumbelConfig("dual_key_gumbel", dual_alpha=0.0),
        GumbelConfig("dual_key_gumbel", dual_alpha=0.1),
        GumbelConfig("dual_key_gumbel", dual_alpha=1.0),
    ],
    ids=str,
)
def test_many_score_as_each_alone(config):
    rng = np.random.default_rng(4)
    outputs = [rng.integers(0, 2**32, int(n)).tolist() for n in (0, 1, 3, 300, 0, 4, PIECE + 5, 2, 0)]
    assert verify_many(outputs, 2**64 - 1, config) == [verify(ids, 2**64 - 1, config) for ids in outputs]


def test_nothing_gives_nothing():
    assert verify_many([], 42, GumbelConfig()) == []
    assert [score.p_value for score in verify_many([[], []], 42, GumbelConfig())] == [1.0, 1.0]


def test_what_is_no_id_is_refused():
    with pytest.raises(ValueError, match="token id"):
        verify_many([[1], [-1]], 42, GumbelConfig())
