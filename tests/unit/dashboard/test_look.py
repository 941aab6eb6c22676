"""The look's values are written once; what a page reads from outside cannot break it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import dashboard
from dashboard.address import BadAddress, Window, lenient_address, read_address
from dashboard.charts.axis import plain
from dashboard.format import count, duration, money, p_value, percent, span
from dashboard.read.bands import band
from dashboard.read.cursor import Cursor, read_cursor
from dashboard.read.spans import Node, arrange
from dashboard.theme import TOKENS, css_variables
from dashboard.viewer import read_viewer

ASSETS = Path(dashboard.__file__).parent / "assets"
STEP = timedelta(minutes=15)
NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)


def test_the_variables_are_the_themes() -> None:
    assert (ASSETS / "tokens.css").read_text() == css_variables()


def test_no_asset_is_there_twice_or_comes_from_elsewhere() -> None:
    found = [path for path in ASSETS.rglob("*") if path.is_file()]
    contents = [path.read_bytes() for path in found]
    assert len(set(contents)) == len(contents)
    for path in found:
        if path.suffix in (".css", ".js"):
            assert not re.search(r"url\(\s*['\"]?(https?:)?//|@import|fetch\(['\"]http", path.read_text()), path.name


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "name", ["text", "muted", "accent", "critical-text", "warning-text", "good-text", "note-text", "policy-text"]
)
def test_words_stand_out_from_what_they_lie_on(scheme: str, name: str) -> None:
    tokens = TOKENS[scheme]  # type: ignore[index]
    for paper in ("page", "surface", "raised"):
        high, low = sorted((luminance(tokens[name]), luminance(tokens[paper])), reverse=True)
        assert (high + 0.05) / (low + 0.05) >= 4.5, (name, paper)


def test_figures_read_well() -> None:
    assert [count(value) for value in (None, 0, 9999, 12_345, 47_300_000)] == ["–", "0", "9,999", "12.3k", "47.3M"]
    assert [duration(value) for value in (0.4, 320, 1240, 200_000)] == ["0.4 ms", "320 ms", "1.24 s", "3 min 20 s"]
    assert [money(value) for value in (0, 0.00001, 0.0042, 1.239, 1204.4)] == [
        "$0", "< $0.0001", "$0.0042", "$1.24", "$1,204",
    ]  # fmt: skip
    assert [percent(value) for value in (0.0042, 0.031, 0.81)] == ["0.42 %", "3.1 %", "81 %"]
    assert [p_value(value) for value in (0.0, 4e-12, 0.031)] == ["< 1e-300", "4e-12", "0.031"]
    assert span(timedelta(hours=2, minutes=5, seconds=9)) == "2 h 5 min"


def test_the_url_says_all_and_says_it_again() -> None:
    search = "?from=2026-03-09T10%3A00%3A00Z&to=2026-03-09T12%3A00%3A00Z&service=chat&live=0&figure=cost"
    address = read_address(search)
    assert address.fixed == Window(NOON - timedelta(hours=2), NOON)
    assert (address.scope.service, address.live, dict(address.own)) == ("chat", False, {"figure": "cost"})
    assert address.search(**address.own) == search


@pytest.mark.parametrize(
    "search", ["?range=9y", "?from=x&to=y", "?from=2026-01-01T00:00:00Z", "?" + "&".join(f"a{n}=1" for n in range(99))]
)
def test_a_bad_url_is_refused_by_the_api_and_forgiven_by_a_page(search: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_address(search)
    assert lenient_address(search).range == "24h"


def test_what_a_browser_says_of_itself_is_checked() -> None:
    for given in (None, [], "x", {"zone": "../../etc/passwd"}, {"zone": "No/Where"}, {"zone": 5, "scheme": "<b>"}):
        viewer = read_viewer(given)
        assert (viewer.zone.key, viewer.scheme) == ("UTC", "light")


def test_a_cursor_is_read_back_and_nothing_else_is() -> None:
    cursor = Cursor(1_773_000_000_123_456_789, "a1" * 16)
    assert read_cursor(cursor.token()) == cursor
    for text in ("x", "bm9uc2Vuc2U", "\x00", "MTI.4", "OTk5OTk5OTk5OTk5OTk5OTk5OS5h"):
        with pytest.raises(BadAddress):
            read_cursor(text)


def test_plotly_gets_no_tags() -> None:
    assert plain("<a href='javascript:x'>a</a>") == "&lt;a href='javascript:x'&gt;a&lt;/a&gt;"


def test_the_band_is_the_same_hour_of_earlier_days() -> None:
    history = {NOON - timedelta(days=day) + at * STEP: 100.0 + day for day in range(1, 8) for at in (-1, 0, 1)}
    found = band(history, NOON, STEP, counts=False)
    assert found is not None
    assert found.low < 104.0 < found.high
    assert found.middle == 104.0
    assert band({NOON - STEP: 1.0}, NOON, STEP, counts=False) is None


def node(span_id: str, parent: str, start: int = 0, length: int = 1) -> Node:
    return Node(span_id, parent, span_id, "", "", start, length, False, 0)


def test_a_tree_holds_every_span_once_whatever_its_parents_say() -> None:
    tree = arrange([node("b", "a", 1), node("a", "", 0, 9), node("c", "b", 2), node("b", "a", 1), node("lost", "gone")])
    assert [(one.span_id, one.depth) for one in tree] == [("a", 0), ("b", 1), ("c", 2), ("lost", 0)]
    circle = arrange([node("x", "y"), node("y", "x"), node("z", "z")])
    assert sorted(one.span_id for one in circle) == ["x", "y", "z"]


def test_the_critical_path_is_what_ended_last() -> None:
    tree = arrange([node("root", "", 0, 100), node("early", "root", 0, 30), node("late", "root", 30, 70)])
    fast = arrange([node("root", "", 0, 100), node("short", "root", 0, 40), node("long", "root", 0, 100)])
    assert [one.span_id for one in tree if one.critical] == ["root", "early", "late"]
    assert [one.span_id for one in fast if one.critical] == ["root", "long"]
