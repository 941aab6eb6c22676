"""Scores and p-values equal vLLM's, and hold for inputs that vLLM's cases do not reach."""

import json
from pathlib import Path

import numpy as np
import pytest

from policies.watermark.gumbel import GumbelConfig, checked_ids, scored_places, verify
from policies.watermark.keys import parse_key, sub_key
from policies.watermark.philox import philox, uniforms

GOLDENS = json.loads((Path(__file__).parents[2] / "data" / "watermark_vllm_goldens.json").read_text())["cases"]


def config_of(case):
    return GumbelConfig(case["scheme"], case["context_width"], case["dual_alpha"], case["deduplicate"])


@pytest.mark.parametrize("case", GOLDENS, ids=lambda case: case["name"])
def test_golden_case_matches(case):
    found = verify(case["token_ids"], int(case["key"]), config_of(case))
    assert found.tokens_scored == case["tokens_scored"]
    assert found.score == pytest.approx(case["score"], rel=1e-9)
    assert found.p_value == pytest.approx(case["p_value"], rel=1e-9)


@pytest.mark.parametrize("case", GOLDENS, ids=lambda case: case["name"])
def test_another_key_finds_nothing(case):
    wrong = int(case["key"]) ^ 0x5A5A
    assert verify(case["token_ids"], wrong, config_of(case)).exact_p_value > 1e-3


@pytest.mark.parametrize("case", [case for case in GOLDENS if case["sub_keys"]], ids=lambda case: case["name"])
def test_sub_keys_are_derived_as_vllm_does(case):
    key = int(case["key"])
    assert [sub_key(key, b"key_a"), sub_key(key, b"key_b")] == [int(k) for k in case["sub_keys"]]


def test_philox_known_answers():
    """Random123's kat_vectors for philox4x32-10: all zeros, all ones, digits of pi."""
    for counter, key, answer in (
        ((0,) * 4, (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ):
        words = philox(tuple(np.array([word], np.uint64) for word in counter), key)
        assert tuple(int(word[0]) for word in words) == answer


def test_first_uniforms_of_a_known_text():
    contexts, tokens = scored_places(checked_ids(range(1, 9)), GumbelConfig())
    found = uniforms(42, contexts, tokens)
    assert found[:2] == pytest.approx([0.00663197, 0.58867437], abs=1e-8)
    whole = verify(range(1, 9), 42)
    assert (whole.score, whole.p_value) == pytest.approx((6.68655574, 0.64530638), abs=1e-8)


def test_nothing_to_score_is_no_evidence():
    found = verify([], 42)
    assert (found.score, found.p_value, found.exact_p_value, found.tokens_scored) == (0.0, 1.0, 1.0, 0)


def test_one_token_scores_against_an_empty_context():
    found = verify([7], 42)
    assert found.tokens_scored == 1
    assert found.p_value == pytest.approx(np.exp(-found.score))


def test_a_context_counts_once():
    assert verify([1, 1, 1, 1, 1], 42, GumbelConfig(context_width=1)).tokens_scored == 2
    assert verify([1, 1, 1, 1, 1], 42, GumbelConfig(context_width=1, deduplicate=False)).tokens_scored == 5
    assert verify([9] * 1000, 42).tokens_scored == 5


def test_the_first_place_of_a_context_counts_not_a_later_one():
    config = GumbelConfig(context_width=1)
    assert verify([1, 2, 1, 3], 42, config) == verify([1, 2, 1], 42, config)


def test_width_beyond_sixteen_and_beyond_the_text():
    assert verify(range(40), 42, GumbelConfig(context_width=33)).tokens_scored == 40
    assert verify([5, 6], 42, GumbelConfig(context_width=64)).tokens_scored == 2


def test_any_integer_array_will_do():
    ids = [3, 100_000, 2**32 - 1]
    expected = verify(ids, 42)
    assert verify(np.array(ids, np.int64), 42) == verify(np.array(ids, np.uint32), 42) == expected
    assert verify(tuple(ids), 42) == expected


@pytest.mark.parametrize("ids", [[-1], [2**32], [1.5], [[1, 2]]])
def test_what_is_no_token_id_is_refused(ids):
    with pytest.raises(ValueError, match="token id"):
        verify(ids, 42)


@pytest.mark.parametrize("key", [-1, 2**64])
def test_a_key_has_64_bits(key):
    with pytest.raises(ValueError, match="2\\^64-1"):
        verify([1], key)


@pytest.mark.parametrize(
    "bad", [{"scheme": "sbw"}, {"context_width": 0}, {"dual_alpha": 1.5}, {"dual_alpha": float("nan")}]
)
def test_a_configuration_that_cannot_be_is_refused(bad):
    with pytest.raises(ValueError, match=r"scheme|context_width|dual_alpha"):
        GumbelConfig(**bad)


def test_keys_are_read_from_text_and_never_repeated():
    assert parse_key(b"42\n") == 42
    assert parse_key(b" 0xffffffffffffffff ") == 2**64 - 1
    for bad in (b"hunter2", b"", b"18446744073709551616", b"-3", b"\xff\xfe"):
        with pytest.raises(ValueError, match="watermark key is a number") as error:
            parse_key(bad)
        assert "hunter2" not in str(error.value)
