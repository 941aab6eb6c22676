"""What each detector must say, and must not say, of traffic whose truth is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from analytics.detection import Detection
from analytics.failures import FailureDetector
from analytics.grouping import group
from analytics.incidents import build
from analytics.latency import LatencyDetector
from analytics.pools import pools
from analytics.reach import Reach
from analytics.windows import MINUTE, Key
from tests.unit.analytics.traffic import DAY, KEY, START, Change, cut, traffic

LATENCY, FAILURES = LatencyDetector(), FailureDetector()
NULL = {
    "plain": {},
    "drifting": {"drift": 0.05},
    "daily swing": {"daily": 0.1},
    "heavy-tailed": {"tail": 3.0},
    "sparse": {"a_minute": 0.05},
    "very sparse": {"a_minute": 0.01, "failing": 0.1},
    "constant": {"spread": 0.0},
    "clumped failures": {"clumped": 0.05, "failing": 0.03},
    "no failures": {"failing": 0.0},
    "many failures": {"failing": 0.3},
    "unknown lengths": {"lengths": False, "spread": 0.8},
}


def overlapping(found: list[Detection], change: Change) -> list[Detection]:
    begin, end = START + change.begin * MINUTE, START + change.end * MINUTE
    return [one for one in found if one.onset < end and (one.end is None or one.end > begin)]


@pytest.mark.parametrize("kind", NULL)
def test_nothing_is_found_where_nothing_changes(kind: str) -> None:
    """Three weeks of each kind: a false detection is to be had in fewer than one of a hundred runs."""
    found = [
        one
        for seed in range(3)
        for detector in (LATENCY, FAILURES)
        for one in detector.detect(traffic(seed, 7 * DAY, **NULL[kind])).detections  # type: ignore[arg-type]
    ]
    assert found == []


@pytest.mark.parametrize(
    ("slower", "minutes", "a_minute", "within"),
    [(3.0, 30, 3.0, 6), (1.5, 60, 8.0, 15), (8.0, 40, 0.5, 20)],
)
def test_a_slowdown_is_found_soon_and_in_its_place(slower: float, minutes: int, a_minute: float, within: int) -> None:
    change = Change(3 * DAY + 600, 3 * DAY + 600 + minutes, slower=slower)
    for seed in range(2):
        found = LATENCY.detect(traffic(seed, 5 * DAY, change, a_minute=a_minute)).detections
        assert len(found) == 1, (seed, found)
        begin = START + change.begin * MINUTE
        assert timedelta() < found[0].detected - begin <= within * MINUTE
        assert abs(found[0].onset - begin) <= within * MINUTE
        assert found[0].end is not None
        assert abs(found[0].end - (begin + minutes * MINUTE)) <= max(5, minutes // 4) * MINUTE
        assert found[0].observed / found[0].expected == pytest.approx(slower, rel=0.25)


def test_a_small_lasting_slowdown_of_little_traffic_is_found_within_two_hours() -> None:
    change = Change(3 * DAY + 600, 3 * DAY + 840, slower=1.5)
    for seed in range(2):
        found = LATENCY.detect(traffic(seed, 5 * DAY, change, a_minute=1.0)).detections
        assert found == overlapping(found, change)
        assert found[0].detected <= START + (change.begin + 120) * MINUTE


def test_a_slowdown_of_a_call_in_five_minutes_is_found_within_the_four_hours_that_it_takes_to_be_sure() -> None:
    change = Change(5 * DAY + 300, 5 * DAY + 600, slower=2.5)
    for seed in range(3):
        found = LATENCY.detect(traffic(seed, 7 * DAY, change, a_minute=0.2, lengths=False, spread=0.3)).detections
        assert len(found) == 1
        assert found == overlapping(found, change)
        assert found[0].detected <= START + (change.begin + 240) * MINUTE


def test_longer_answers_are_no_slowdown() -> None:
    change = Change(3 * DAY, 3 * DAY + 120, longer=4.0)
    for seed in range(2):
        assert LATENCY.detect(traffic(seed, 5 * DAY, change)).detections == []
        blind = LATENCY.detect(traffic(seed, 5 * DAY, change, lengths=False)).detections
        assert overlapping(blind, change), "without lengths the same change is one: the test can fail"


@pytest.mark.parametrize(
    ("rate", "minutes", "a_minute", "within"), [(0.3, 30, 3.0, 12), (0.05, 90, 20.0, 40), (1.0, 20, 1.0, 15)]
)
def test_a_rise_of_failures_is_found_soon(rate: float, minutes: int, a_minute: float, within: int) -> None:
    change = Change(3 * DAY + 300, 3 * DAY + 300 + minutes, failing=rate)
    for seed in range(2):
        found = FAILURES.detect(traffic(seed, 5 * DAY, change, a_minute=a_minute)).detections
        assert len(found) == 1, (seed, found)
        assert found[0].detected - (START + change.begin * MINUTE) <= within * MINUTE
        assert found[0].observed == pytest.approx(rate, abs=0.4 * rate)


def test_one_failure_in_ten_calls_is_nothing_yet() -> None:
    quiet = traffic(1, 5 * DAY, a_minute=0.08, failing=0.0)
    failed = quiet.failed.copy()
    failed[np.flatnonzero(quiet.n)[-5]] = 1.0
    assert FAILURES.detect(type(quiet)(KEY, START, quiet.n, failed, *([quiet.plain] * 9))).detections == []


def test_a_failing_minute_among_thousands_is_too_small_an_effect() -> None:
    """1.0 to 1.4 % of two hundred calls a minute is certain, and no incident."""
    change = Change(3 * DAY, 3 * DAY + 600, failing=0.014)
    assert FAILURES.detect(traffic(2, 5 * DAY, change, a_minute=200.0)).detections == []


@pytest.mark.parametrize("detector", [LATENCY, FAILURES], ids=lambda one: one.signal)
def test_what_is_said_of_a_minute_does_not_depend_on_what_came_after(
    detector: LatencyDetector | FailureDetector,
) -> None:
    change = Change(2 * DAY + 600, 2 * DAY + 660, slower=2.5, failing=0.3)
    series = traffic(5, 4 * DAY, change)
    whole = detector.detect(series).detections
    assert whole
    for minutes in (2 * DAY + 605, 2 * DAY + 630, 2 * DAY + 661, 3 * DAY, 3 * DAY + 17):
        part = detector.detect(cut(series, minutes)).detections
        now = START + minutes * MINUTE
        assert [one.detected for one in part] == [one.detected for one in whole if one.detected <= now]
        assert [one.onset for one in part] == [one.onset for one in whole if one.detected <= now]


@pytest.mark.parametrize("detector", [LATENCY, FAILURES], ids=lambda one: one.signal)
def test_going_on_from_a_checkpoint_says_the_same_as_beginning_anew(
    detector: LatencyDetector | FailureDetector,
) -> None:
    series = traffic(6, 4 * DAY, Change(3 * DAY + 300, 3 * DAY + 400, slower=2.5, failing=0.3))
    verdict = detector.detect(cut(series, DAY))
    for minutes in range(DAY + 7, 4 * DAY, 311):
        verdict = detector.detect(cut(series, minutes), verdict.checkpoint)
        assert verdict.detections == detector.detect(cut(series, minutes)).detections


def test_learning_takes_six_hours_and_enough_calls() -> None:
    assert LATENCY.detect(traffic(1, 300)).state == "learning"
    assert LATENCY.detect(traffic(1, 600)).state == "ready"
    assert LATENCY.detect(traffic(1, DAY, a_minute=0.01)).state == "learning"
    silent = cut(traffic(1, 60, a_minute=0.0), 60)
    assert (LATENCY.detect(silent).state, FAILURES.detect(silent).state) == ("insufficient", "insufficient")


def test_one_call_that_hangs_is_no_slowdown_of_all() -> None:
    series = traffic(8, 3 * DAY, a_minute=2.0)
    hung = np.zeros(3 * DAY)
    hung[2 * DAY + 300] = np.log(3600)
    stuck = replace(
        series, y=series.y + hung, yy=series.yy + 2 * hung * series.y / np.maximum(series.known, 1) + hung**2
    )
    assert stuck.known[2 * DAY + 300] > 0
    assert LATENCY.detect(stuck).detections == []


def test_a_daily_rush_is_learned_after_two_days_and_hides_no_fault_at_another_hour() -> None:
    rush = [Change(day * DAY + 120, day * DAY + 240, slower=2.0, failing=0.1) for day in range(1, 7)]
    fault = Change(5 * DAY + 700, 5 * DAY + 760, slower=2.0, failing=0.1)
    for detector in (LATENCY, FAILURES):
        found = detector.detect(traffic(9, 7 * DAY, *rush, fault)).detections
        assert [(one.onset - START).days for one in found] == [1, 2, 5]
        assert overlapping(found, fault) == found[2:]


def test_an_episode_stays_one_while_it_flickers() -> None:
    on_and_off = [Change(3 * DAY + at, 3 * DAY + at + 4, slower=3.0) for at in range(0, 60, 6)]
    found = LATENCY.detect(traffic(3, 5 * DAY, *on_and_off)).detections
    assert len(found) == 1


def test_a_new_normal_is_told_and_then_learned() -> None:
    """A lasting change is an incident for a day at most; then it is what is normal."""
    found = LATENCY.detect(traffic(4, 12 * DAY, Change(3 * DAY, 12 * DAY, slower=2.0))).detections
    assert found
    assert found[0].end is not None
    assert found[-1].end is not None
    assert found[-1].end < START + 11 * DAY * MINUTE


def test_a_fault_spread_thin_is_seen_in_the_sum() -> None:
    keys = [Key("default", f"service-{n}", "claude", "chat", "", region) for n in range(4) for region in ("eu", "us")]
    change = Change(3 * DAY + 600, 3 * DAY + 640, failing=0.3)
    thin = [traffic(seed, 5 * DAY, change, a_minute=0.1, key=key) for seed, key in enumerate(keys)]
    assert sum(len(FAILURES.detect(one).detections) for one in thin) == 0
    together = {one.key: FAILURES.detect(one).detections for one in pools(thin)}
    found = together[Key("default", "", "claude", "chat", "", "", pooled=True)]
    assert len(overlapping(found, change)) == len(found) == 1


def test_pools_keep_tenants_and_operations_apart() -> None:
    series = [
        traffic(1, 60, key=Key(tenant, "a", "m", operation, "", region))
        for tenant in ("one", "two")
        for operation in ("chat", "embeddings")
        for region in ("eu", "us")
    ]
    found = list(pools(series))
    assert len(found) == 8
    assert sum(one.n.sum() for one in found) == 2 * sum(one.n.sum() for one in series)


def test_an_incident_keeps_the_service_that_its_own_series_name() -> None:
    """The sum over services is part of the incident too, and must not blot out whose calls they are."""
    change = Change(3 * DAY + 600, 3 * DAY + 640, failing=0.4)
    faulty = traffic(1, 4 * DAY, change, a_minute=5.0)
    series = [faulty, traffic(2, 4 * DAY, a_minute=0.5, key=replace(KEY, service="other"))]
    found = [one for part in (*series, *pools(series)) for one in FAILURES.detect(part).detections]
    assert {one.key.pooled for one in found} == {True, False}
    groups = group(found, START + 4 * DAY * MINUTE)
    assert len(groups) == 1
    assert build(groups[0], None, Reach(0, 0, 0, 0)).scope["service"] == "shop"
