"""The demo's bytes and its answer key say the same."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest

from spanwarden.demo.generate import Demo, generate
from spanwarden.demo.marking import DEMO_MARKING_KEY, uniforms
from spanwarden.demo.personal import luhn_digit
from tests.unit.demo.reading import Row, counted, inside, nanoseconds, read, within

START = datetime(2026, 11, 9, 7, 0, tzinfo=UTC)  # a Monday
FORMS = {
    "email": r"[a-z.0-9]+@example\.(?:org|com|net)",
    "card": r"\b[45]\d{3} \d{4} \d{4} \d{4}\b",
    "iban": r"\b(?:DE|ES|PT|AT)\d{18,23}\b",
    "phone": r"\+44 20 7946 0\d{3}|\+1 212-555-01\d\d",
    "ip": r"\b(?:192\.0\.2|198\.51\.100|203\.0\.113)\.\d+\b",
    "api_key": r"AKIA[A-Z2-7]{16}|sk-proj-\w{48}|ghp_\w{36}",
}


@pytest.fixture(scope="module")
def demo() -> Demo:
    return generate(11, start=START, days=3)


@pytest.fixture(scope="module")
def spans(demo: Demo) -> list[Row]:
    return read(demo)


def test_one_seed_gives_the_same_bytes_and_another_seed_others():
    first, again, other = (generate(seed, start=START, days=0.1) for seed in (5, 5, 6))
    assert list(first.requests()) == list(again.requests()) == list(first.requests())
    assert first.key == again.key
    assert list(first.requests()) != list(other.requests())


@pytest.mark.parametrize("wrong", [{"start": START.replace(tzinfo=None)}, {"start": START, "days": 0.01}])
def test_a_demo_without_a_zone_or_length_is_refused(wrong):
    with pytest.raises(ValueError, match="time zone and at least an hour"):
        generate(1, **wrong)


def test_the_key_is_json_and_its_totals_are_those_of_the_bytes(demo, spans):
    assert json.loads(json.dumps(demo.key)) == demo.key
    called = counted(spans)
    assert demo.key["totals"] == {
        "spans": len(spans),
        "traces": sum(not row.parent for row in spans),
        "model_calls": len(called),
        "failed": sum(bool(row.error) for row in spans),
        "input_tokens": sum(row.tokens("input") for row in called),
        "output_tokens": sum(row.tokens("output") for row in called),
        "with_content": demo.key["totals"]["with_content"],
    }
    assert 0.15 < demo.key["totals"]["with_content"] / len(spans) < 0.35


def test_ids_are_unique_parents_exist_and_spans_come_in_the_order_they_end(demo, spans):
    ids = {row.span for row in spans}
    assert len(ids) == len(spans)
    cut = [row for row in spans if row.parent and row.parent not in ids]  # their roots had not ended yet
    assert all(nanoseconds(demo.key["end"]) - row.end_ns < 60 * 10**9 for row in cut)
    roots = {row.span: row for row in spans if not row.parent}
    children = [row for row in spans if row.parent in roots]
    assert children
    assert all(
        roots[row.parent].start_ns <= row.start_ns <= row.end_ns <= roots[row.parent].end_ns
        and roots[row.parent].trace == row.trace
        for row in children
    )
    ends = [row.end_ns for row in spans]
    late = [earlier - later for earlier, later in pairwise(ends) if later < earlier]
    assert len(late) < 0.5 * len(ends)  # inside a request, spans stand by their resource
    assert ends[-1] <= nanoseconds(demo.key["end"])
    assert min(row.start_ns for row in spans) >= nanoseconds(demo.key["start"])


def test_faults_are_where_the_key_says_and_as_large(demo, spans):
    assert demo.key["faults"]
    for fault in demo.key["faults"]:
        hit = [row for row in spans if within(fault, row) and inside(fault["slice"], row)]
        usual = [row for row in spans if row.start_ns < quiet_until(demo) and inside(fault["slice"], row)]
        assert len(hit) == fault["calls"] >= 10
        if fault["signal"] == "failures":
            rate = sum(bool(row.error) for row in hit) / len(hit)
            spread = (fault["rate"] * (1 - fault["rate"]) / len(hit)) ** 0.5
            assert abs(rate - fault["rate"]) < 4 * spread
            assert sum(bool(row.error) for row in usual) / len(usual) < 0.03
            assert {row.error for row in hit} - {""} == {fault["error_type"]}
        else:
            assert pace(hit) / pace(usual) == pytest.approx(fault["factor"], rel=0.3)


def quiet_until(demo: Demo) -> int:
    return nanoseconds(demo.key["start"]) + int(demo_days(demo) * 2 / 7 * 86_400) * 10**9


def demo_days(demo: Demo) -> float:
    return (demo.end - demo.start) / timedelta(days=1)


def pace(rows: list[Row]) -> float:
    """The typical duration, output length taken out: the median of ms a (token + 40)."""
    fine = [row for row in rows if not row.error]
    return float(np.median([row.milliseconds / (row.tokens("output") + 40) for row in fine]))


@pytest.mark.parametrize("seed", range(1, 9))
def test_a_week_has_faults_of_all_sorts_after_two_quiet_days_and_one_open_at_its_end(seed):
    key = generate(seed, start=START + timedelta(days=seed, hours=3 * seed)).key
    sorts = Counter((fault["signal"], fault["strength"]) for fault in key["faults"])
    assert set(sorts) == {(signal, strength) for signal in ("latency", "failures") for strength in ("weak", "strong")}
    assert sum(sorts.values()) == 6
    assert {decoy["kind"] for decoy in key["decoys"]} == {"longer_outputs", "mix_shift", "traffic_peak", "one_in_ten"}
    quiet = nanoseconds(key["start"]) + 2 * 86_400 * 10**9
    planted = sorted(
        (nanoseconds(entry["start"]), nanoseconds(entry["end"])) for entry in key["faults"] + key["decoys"]
    )
    assert all(start >= quiet for start, _ in planted)
    assert all(later[0] - earlier[1] >= 45 * 60 * 10**9 for earlier, later in pairwise(planted))
    assert [fault["open"] for fault in key["faults"]] == [False] * 5 + [True]
    weak = next(fault for fault in key["faults"] if fault["signal"] == "failures" and fault["strength"] == "weak")
    assert weak["rate"] == 0.05
    assert 14 < weak["calls_per_minute"] < 32
    assert all(20 <= (end - start) / 60e9 <= 150 for start, end in planted)
    assert 180_000 < key["totals"]["spans"] < 340_000


def test_without_faults_only_decoys_remain_and_failures_stay_usual():
    quiet = generate(3, start=START, days=3, faults=False)
    assert quiet.key["faults"] == []
    assert quiet.key["decoys"]
    assert quiet.still_open == ()
    assert quiet.key["totals"]["failed"] / quiet.key["totals"]["spans"] < 0.015


def test_decoys_change_the_traffic_and_not_the_pace():
    demo = generate(2, start=START, faults=False)
    calls = demo.calls
    for decoy in demo.key["decoys"]:
        start, end = nanoseconds(decoy["start"]), nanoseconds(decoy["end"])
        now = (calls.start_ns >= start) & (calls.start_ns < end)
        before = (calls.start_ns >= start - 7200 * 10**9) & (calls.start_ns < start)
        service = in_service(demo, decoy["scope"]["service"])
        if decoy["kind"] == "longer_outputs":
            longer = calls.output_tokens[now & service].mean() / calls.output_tokens[before & service].mean()
            assert longer == pytest.approx(decoy["size"], rel=0.25)
        if decoy["kind"] == "traffic_peak":
            rate = (now & service).sum() / ((end - start) / 3600e9)
            assert rate > 1.3 * (before & service).sum() / 2
        if decoy["kind"] == "one_in_ten":
            assert (calls.error[now & service] >= 0).sum() == 1


def in_service(demo: Demo, service: str) -> np.ndarray:
    from spanwarden.demo.cast import STREAMS

    return np.isin(demo.calls.stream, [place for place, stream in enumerate(STREAMS) if stream.service == service])


def test_planted_personal_data_is_found_as_often_as_the_key_says(demo, spans):
    text = [value for row in spans for value in row.attributes.values() if isinstance(value, str)]
    found = {kind: sum(len(re.findall(form, value)) for value in text) for kind, form in FORMS.items()}
    assert found == demo.key["pii"]
    assert min(found.values()) >= 10
    cards = [card.replace(" ", "") for value in text for card in re.findall(FORMS["card"], value)]
    assert all(luhn_digit(card[:-1]) == card[-1] for card in cards)


def test_outputs_are_marked_but_for_those_the_key_names(demo, spans):
    unmarked = set(demo.key["unmarked"]["spans"])
    outputs = {row.span: row for row in spans if "spanwarden.output.token_ids" in row.attributes}
    assert demo.key["unmarked"]["count"] == len(unmarked) == len(unmarked & set(outputs))
    assert demo.key["unmarked"]["marked"] == len(outputs) - len(unmarked)
    for span in [*sorted(unmarked)[:12], *sorted(set(outputs) - unmarked)[:12]]:
        row = outputs[span]
        ids = row.attributes["spanwarden.output.token_ids"]
        assert len(ids) == row.tokens("output")
        assert (mean_score(ids) < 1.35) == (span in unmarked)
        assert (row.columns["service_version"] == demo.key["unmarked"]["service_version"]) == (span in unmarked)


def mean_score(ids: list[int]) -> float:
    padded = np.array([-1] * 4 + ids)
    context = np.lib.stride_tricks.sliding_window_view(padded, 4)[: len(ids)]
    u = uniforms(context, np.array(ids)[:, None], DEMO_MARKING_KEY)[:, 0].astype(np.float64)
    return float(-np.log1p(-u).mean())
