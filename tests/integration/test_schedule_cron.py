import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanwarden.cron import Cron, window_start
from spanwarden.settings import Settings, SettingsError, load_settings
from spanwarden.times import read_moment

BERLIN = "Europe/Berlin"
NOW = datetime(2026, 11, 3, 12, 30, 15, tzinfo=UTC)


def fires(text, zone, since, number):
    cron, at, found = Cron.parse(text, zone), since, []
    for _ in range(number):
        at = cron.after(at)
        found.append(at)
    return found


def at(text):
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("field", "days"),
    [
        ("1", "Mon"), ("0", "Sun"), ("7", "Sun"), ("1-5", "Mon Tue Wed Thu Fri"),
        ("0-6", "Mon Tue Wed Thu Fri Sat Sun"),
        ("5-7", "Fri Sat Sun"), ("fri-mon", "Mon Fri Sat Sun"), ("mon,3", "Mon Wed"),
        ("*/2", "Tue Thu Sat Sun"),
        ("1-5/2", "Mon Wed Fri"), ("*", "Mon Tue Wed Thu Fri Sat Sun"), ("MON", "Mon"), ("3/2", "Wed Fri"),
    ],
)  # fmt: skip
def test_days_of_the_week_are_crons(field, days):
    found = fires(f"0 6 * * {field}", "UTC", at("2026-11-01T12:00:00+00:00"), 7)
    week = [one for one in found if one < at("2026-11-08T12:00:00+00:00")]
    assert sorted({f"{one:%a}" for one in week}) == sorted(days.split())
    assert {one.hour for one in week} == {6}


@pytest.mark.parametrize("text", ["0 6 * * 8", "0 6 * * x", "0 6 * *", "0 6 * * * *", "61 6 * * 1", "0 6 * * *-2", ""])
def test_what_is_no_cron_entry_is_refused_in_words(text):
    with pytest.raises(ValueError, match="write five cron fields"):
        Cron.parse(text, "UTC")


def test_settings_take_what_the_schedule_takes(monkeypatch):
    monkeypatch.setenv("SPANWARDEN_CONFIG", "/dev/null")
    assert isinstance(load_settings(schedules=({"id": "a", "cron": "0 6 * * 7", "timezone": BERLIN},)), Settings)
    with pytest.raises(SettingsError, match="Europe/Berlin"):
        load_settings(schedules=({"id": "a", "cron": "0 6 * * 1", "timezone": "Europe/Atlantis"},))


def test_a_fixed_hour_fires_once_on_the_days_clocks_change():
    back = fires("30 2 * * *", BERLIN, at("2026-10-24T12:00:00+02:00"), 2)
    assert back == [at("2026-10-25T02:30:00+02:00"), at("2026-10-26T02:30:00+01:00")]
    forth = fires("30 2 * * *", BERLIN, at("2026-03-28T12:00:00+01:00"), 2)
    assert forth == [at("2026-03-29T03:30:00+02:00"), at("2026-03-30T02:30:00+02:00")]


def test_every_hour_fires_each_hour_through_both_changes():
    for start in ("2026-10-24T20:00:00+00:00", "2026-03-28T20:00:00+00:00"):
        found = fires("0 * * * *", BERLIN, at(start), 12)
        assert {later - earlier for earlier, later in itertools.pairwise(found)} == {timedelta(hours=1)}


@given(
    st.sampled_from(["0 6 * * 1", "*/15 * * * *", "30 2 * * *", "0 0 1 * *", "5 4 29 2 *"]),
    st.datetimes(datetime(2026, 2, 1), datetime(2026, 11, 30)),
    st.integers(0, 200_000),
)
def test_the_last_due_time_is_the_last_of_all(text, since, minutes):
    since = since.replace(tzinfo=UTC)
    until = since + timedelta(minutes=minutes % 3000 if text.startswith("*/15") else minutes)
    cron, due, expected = Cron.parse(text, BERLIN), since, None
    while (due := cron.after(due)) is not None and due <= until:
        expected = due
    assert cron.last(since, until) == expected


@pytest.mark.parametrize(
    ("window", "end", "hours"),
    [
        ("hour", "2026-10-25T06:00:00+01:00", 1), ("day", "2026-10-25T06:00:00+01:00", 25),
        ("day", "2026-03-29T06:00:00+02:00", 23), ("week", "2026-10-26T06:00:00+01:00", 169),
        ("month", "2026-03-31T06:00:00+02:00", 31 * 24 - 1), ("month", "2026-01-15T06:00:00+01:00", 31 * 24),
        ("month", "2026-12-31T06:00:00+01:00", 31 * 24),
    ],
)  # fmt: skip
def test_a_window_ends_when_it_is_due_and_goes_by_the_calendar(window, end, hours):
    expected = at(end) - timedelta(hours=hours)
    if (window, end[5:10]) == ("month", "03-31"):
        expected = at("2026-02-28T06:00:00+01:00")
    assert window_start(at(end), window, ZoneInfo(BERLIN)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("now", NOW), ("-7d", NOW - timedelta(days=7)), ("-90m", NOW - timedelta(minutes=90)),
        ("-2w", NOW - timedelta(weeks=2)), ("2026-11-01", at("2026-11-01T00:00:00+00:00")),
        ("2026-11-01T08:00:00Z", at("2026-11-01T08:00:00+00:00")),
        ("2026-11-01T08:00:00+01:00", at("2026-11-01T07:00:00+00:00")),
    ],
)  # fmt: skip
def test_times_as_people_type_them(text, expected):
    assert read_moment(text, NOW) == expected


@pytest.mark.parametrize(
    "text", ["2026", "yesterday", "2026-13-01", "-7y", "7d", "2026-11-01T08:00:00", "-999999w", ""]
)
def test_what_is_no_time_is_refused_in_words(text):
    with pytest.raises(ValueError, match=r"write a day|add Z"):
        read_moment(text, NOW)
