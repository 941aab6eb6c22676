"""The parts of the demo against sources of their own."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from spanwarden.demo.cast import STREAMS
from spanwarden.demo.marking import sample_ids, uniforms
from spanwarden.demo.personal import KINDS, iban_check, luhn_digit, make_secret
from spanwarden.demo.rhythm import rates
from spanwarden.demo.slices import calls_per_minute
from spanwarden.demo.workload import SAMPLE, load_workload


def test_the_sample_names_its_sources_and_is_small():
    text = SAMPLE.read_text("utf-8")
    assert len(text) <= 200_000
    for named in ("AzurePublicDataset", "CC-BY 4.0", "Mooncake", "Apache-2.0"):
        assert named in text


def test_arrivals_keep_the_mean_rate_and_the_bursts_of_the_trace():
    rng = np.random.default_rng(1)
    for name in ("conversation", "code"):
        gaps = np.diff(load_workload()[name].arrivals(rng, 20_000.0))
        assert gaps.mean() == pytest.approx(1.0, rel=0.05)
        assert gaps.std() > 1.0  # a Poisson stream has 1.0


def test_tokens_are_drawn_in_pairs_of_the_trace():
    trace = load_workload()["code"]
    known = {tuple(pair) for pair in trace.tokens.tolist()}
    assert {tuple(pair) for pair in trace.draw(np.random.default_rng(1), 200).tolist()} <= known


def test_people_work_by_day_and_less_at_weekends():
    stream = STREAMS[0]
    monday = rates(stream, datetime(2026, 11, 9, 0, tzinfo=UTC), 1440)
    saturday = rates(stream, datetime(2026, 11, 14, 0, tzinfo=UTC), 1440)
    assert monday[9 * 60] == pytest.approx(stream.busy)
    assert monday[2 * 60] < 0.2 * stream.busy
    assert saturday[9 * 60] == pytest.approx(0.6 * monday[9 * 60])


def test_a_slices_traffic_counts_the_steps_of_agents():
    at = datetime(2026, 11, 9, 15, tzinfo=UTC)
    tools = calls_per_minute({"service": "coding-agent", "operation": "execute_tool"}, at, 1)[0]
    each = [calls_per_minute({"tool_name": name}, at, 1)[0] for name in ("read_file", "search_code", "run_tests")]
    assert tools == pytest.approx(sum(each))
    assert calls_per_minute({"service": "nobody"}, at, 1)[0] == 0


def test_check_digits_match_published_examples():
    assert luhn_digit("7992739871") == "3"  # Luhn's own example
    assert luhn_digit("411111111111111") == "1"
    assert iban_check("GB", "WEST12345698765432") == "82"  # SWIFT's registry
    assert iban_check("DE", "370400440532013000") == "89"


@pytest.mark.parametrize("kind", KINDS)
def test_a_secret_stands_whole_in_its_sentence(kind):
    rng = np.random.default_rng(4)
    made = [make_secret(kind, rng) for _ in range(50)]
    assert all(secret.kind == kind and secret.value in secret.sentence for secret in made)
    assert len({secret.value for secret in made}) > 20


def test_uniforms_are_those_of_the_published_vector():
    """Key 42, width 4, ids 1 to 8: vLLM's philox4x32-10-v1."""
    ids = np.arange(1, 9)
    context = np.lib.stride_tricks.sliding_window_view(np.concatenate([[-1] * 4, ids]), 4)[:8]
    u = uniforms(context, ids[:, None], 42)[:, 0].astype(np.float64)
    assert u[:2] == pytest.approx([0.00663197, 0.58867437], abs=1e-8)
    assert -np.log1p(-u).sum() == pytest.approx(6.68655574, abs=1e-8)


def test_only_marked_outputs_score_high_and_only_under_their_key():
    lengths = np.full(40, 300)
    marked = np.arange(40) % 2 == 0
    outputs = sample_ids(lengths, marked, 99, [1])
    assert [len(ids) for ids in outputs] == lengths.tolist()
    for key, expected in ((99, marked), (98, np.zeros(40, dtype=bool))):
        assert [score(ids, key) > 1.35 for ids in outputs] == expected.tolist()


def score(ids: list[int], key: int) -> float:
    context = np.lib.stride_tricks.sliding_window_view(np.array([-1] * 4 + ids), 4)[: len(ids)]
    return float(-np.log1p(-uniforms(context, np.array(ids)[:, None], key).astype(np.float64)).mean())
