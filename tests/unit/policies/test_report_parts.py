from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from policies.reports.charts import Bar, Line, Row, columns, lines, shares
from policies.reports.controls.article_12 import expectation
from policies.reports.intervals import Share
from policies.reports.model import Condition, judge
from policies.reports.svg import ceiling, date_ticks
from policies.reports.words import count, duration, listed, p_value, percent, plural

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOSTILE = "</svg><script>alert(1)</script>\"'&"


def condition(holds, essential=False):
    return Condition("it holds", holds, "", essential)


@pytest.mark.parametrize(
    ("conditions", "label"),
    [
        ([condition(True, True), condition(True)], "fully"),
        ([condition(True, True), condition(False)], "partly"),
        ([condition(True, True), condition(None)], "partly"),
        ([condition(False, True), condition(True)], "not"),
        ([condition(None, True), condition(True)], "not"),
        ([], "not"),
    ],
)
def test_a_label_follows_from_the_conditions(conditions, label):
    assert judge(conditions) == label


@given(st.integers(0, 300), st.integers(1, 300))
def test_an_interval_leaves_two_and_a_half_percent_on_each_side(hits, of):
    share = Share(min(hits, of), of)
    assert 0.0 <= share.low <= share.value <= share.high <= 1.0
    if share.hits:
        assert stats.binom.sf(share.hits - 1, of, share.low) == pytest.approx(0.025, rel=1e-6)
    if share.hits < of:
        assert stats.binom.cdf(share.hits, of, share.high) == pytest.approx(0.025, rel=1e-6)


def test_nothing_known_is_the_whole_range():
    assert (Share(0, 0).value, Share(0, 0).low, Share(0, 0).high) == (None, 0.0, 1.0)


def test_numbers_in_words():
    assert [percent(x) for x in (None, 0.0, 1.0, 0.9999999, 1e-7, 0.0123, 0.951, 0.9951)] == [
        "–", "0 %", "100 %", "> 99.99 %", "< 0.01 %", "1.2 %", "95.1 %", "99.51 %",
    ]  # fmt: skip
    assert (count(1234567), plural(0, "hour"), plural(1, "hour"), plural(2, "hour")) == (
        "1,234,567", "no hours", "1 hour", "2 hours",
    )  # fmt: skip
    assert [duration(ms) for ms in (None, 12.3, 1900, 200_000)] == ["–", "12 ms", "1.90 s", "3 min 20 s"]
    assert [p_value(p) for p in (None, 0.0, 4e-12, 0.031)] == ["–", "< 1e-300", "4e-12", "0.031"]
    assert listed(["a", "b", "c"], 2) == "a, b and 1 more"


def test_an_hour_is_expected_to_be_as_its_like_on_other_days():
    pace = {NOON - timedelta(days=day): 100 + day for day in range(1, 8)}
    pace[NOON - timedelta(days=8)] = 0
    assert expectation(pace, NOON) == pytest.approx(101.75)
    night = NOON - 9 * HOUR
    assert expectation(pace, night) == 0.0


def test_a_young_system_expects_what_the_hours_around_have():
    steady = {NOON + hour * HOUR: 60 for hour in range(-6, 7) if hour}
    assert expectation(steady, NOON) == 60
    assert expectation({}, NOON) == 0.0
    # Half the neighbours are silent too: no pace to miss.
    assert expectation(dict.fromkeys(list(steady)[:3], 60) | {NOON + 6 * HOUR: 60}, NOON) == 0.0


@given(st.floats(1e-6, 1e12))
def test_an_axis_ends_just_above_its_data(value):
    top = ceiling(value)
    assert value * (1 - 1e-9) <= top <= value * 2.5 * (1 + 1e-9)


@given(st.integers(1, 24 * 400))
def test_an_axis_of_time_has_a_few_ticks_inside(hours):
    ticks = date_ticks(NOON, NOON + hours * HOUR)
    assert len(ticks) <= 9
    assert all(NOON <= at < NOON + hours * HOUR for at, _ in ticks)


def test_charts_escape_every_text_and_draw_hatching_and_gaps():
    times = [NOON + hour * HOUR for hour in range(4)]
    bars = [Bar(at, 5.0, flagged=HOSTILE if at == times[2] else "") for at in times]
    drawings = [
        columns(bars, label=HOSTILE),
        lines(times, [Line(HOSTILE, [1.0, None, 2.0, 3.0])], label=HOSTILE, words=str),
        shares([Row(HOSTILE, (1, 2, 3), HOSTILE)], (HOSTILE, "b", "c"), label=HOSTILE),
        columns([], label=HOSTILE),
    ]
    for svg in drawings:
        assert "<script" not in svg
        assert svg.count("<svg") == svg.count("</svg>") == 1
    assert "url(#hatch)" in drawings[0]
    assert drawings[1].count("<path") + drawings[1].count("<circle") == 2
    assert "nothing of this kind" in drawings[3]
