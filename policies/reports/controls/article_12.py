"""AI Act, Article 12: events are recorded automatically over the system's lifetime. Evidence: no hour without records.

An hour is silent when no record of it is stored although records were expected. What is expected of an hour is the
lower quartile of the same hour of the day on other days (28 before the period's end), or of the twelve hours to each
side while there are fewer than three such days. Ten are enough to call silence unlikely: traffic at that pace misses a
whole hour by chance less than once in ten thousand hours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from policies.reports.charts import Bar, columns
from policies.reports.controls.setting import HOUR, Setting
from policies.reports.model import Chart, Condition, Control, Figure, Table
from policies.reports.words import count, day, listed, moment, percent, plural
from storage.times import utc

ENOUGH = 10
DAYS = 3
SETTLED = timedelta(minutes=2)
MOST_GAPS = 12


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour: rows stored, rows counted on their way in, rows expected."""

    at: datetime
    stored: int
    counted: int
    expected: float

    @property
    def silent(self) -> bool:
        """Whether it has no record although it should have."""
        return self.stored == 0 and max(self.expected, self.counted) >= ENOUGH


def record_keeping(setting: Setting) -> Control:
    """Judge how continuous the records are."""
    edges = setting.ask.row("edges", "Which records bound the period?")
    hours = _hours(setting)
    silent = [hour for hour in hours if hour.silent]
    missing = sum(max(0, hour.counted - hour.stored) for hour in _settled(hours, setting))
    expected = [hour for hour in hours if hour.stored or hour.silent]
    covered = len([hour for hour in hours if hour.stored]) / len(expected) if expected else None
    return Control(
        id="eu-ai-act:12",
        name="AI Act Art. 12",
        title="Record-keeping",
        duty="A high-risk AI system records events automatically over its lifetime, so that it can be traced.",
        verdict=_verdict(int(edges["spans"]), silent, missing),
        conditions=_conditions(setting, edges, silent, missing, covered),
        coverage=f"{plural(len([hour for hour in hours if hour.stored]), 'hour')} with records, of {count(len(hours))};"
        f" {percent(covered)} of those in which records were expected",
        figures=_figures(setting, edges, silent),
        charts=(_chart(setting, hours),),
        tables=_gaps(silent),
        traces=_traces(setting, edges, silent),
        not_proven=(
            "That an app records everything it does: what was never sent leaves no trace here.",
            "That the recorded events are those that Article 12(2) and (3) ask of a particular system.",
            "Silence shorter than an hour, or at a pace below ten spans an hour.",
        ),
        queries=setting.ask.queries("edges", "hours", "pace", "lifetime", "around_gaps"),
    )


def expectation(pace: Mapping[datetime, int], at: datetime) -> float:
    """Return how many records the hour ``at`` should have, given what other hours had."""
    first, last = min(pace, default=at), max(pace, default=at)
    same = [
        pace.get(at + timedelta(days=days), 0) for days in range(-28, 29) if days and _within(at, days, first, last)
    ]
    if len(same) < DAYS:
        near = [at + offset * HOUR for offset in range(-12, 13) if offset]
        same = [pace.get(hour, 0) for hour in near if first <= hour <= last]
    return float(np.quantile(same, 0.25)) if len(same) >= DAYS else 0.0


def _within(at: datetime, days: int, first: datetime, last: datetime) -> bool:
    return first <= at + timedelta(days=days) <= last


def _hours(setting: Setting) -> list[Hour]:
    asks = "How many records does each hour have, and how many came in?"
    rows = {utc(row["hour"]): row for row in setting.ask.rows("hours", asks)}
    paced = setting.ask.rows("pace", "How many records do such hours have?")
    pace = {utc(row["hour"]): int(row["counted"]) for row in paced}
    at, hours = setting.period.start.replace(minute=0, second=0, microsecond=0), []
    while at < setting.period.end:
        row = rows.get(at, {"stored": 0, "counted": 0})
        whole = at >= setting.period.start and at + HOUR <= setting.period.end
        hours.append(Hour(at, int(row["stored"]), int(row["counted"]), expectation(pace, at) if whole else 0.0))
        at += HOUR
    return hours


def _settled(hours: Sequence[Hour], setting: Setting) -> list[Hour]:
    """Leave out the hour under way: its rows and their counts are not read in the same moment."""
    return [hour for hour in hours if hour.at + HOUR + SETTLED <= setting.period.as_of]


def _conditions(
    setting: Setting, edges: Mapping[str, object], silent: Sequence[Hour], missing: int, covered: float | None
) -> tuple[Condition, ...]:
    spans, first = int(str(edges["spans"])), edges["first_at"]
    begins = isinstance(first, datetime) and spans > 0 and utc(first) < setting.period.start + 2 * HOUR
    return (
        Condition("Records of the period are stored", spans > 0, plural(spans, "span"), True, ("edges",)),
        Condition(
            "Most hours that should have records have them",
            covered is not None and covered >= 0.5,
            percent(covered),
            True,
            ("hours", "pace"),
        ),
        Condition(
            "No hour is silent in which records were expected",
            not silent,
            plural(len(silent), "silent hour"),
            queries=("hours", "pace"),
        ),
        Condition(
            "Every record that was counted on its way in is still stored",
            missing == 0,
            "none is missing" if missing == 0 else f"{plural(missing, 'record')} missing",
            queries=("hours",),
        ),
        Condition(
            "Records begin where the period does",
            begins,
            f"the first is of {moment(utc(first))}" if spans and isinstance(first, datetime) else "there is none",
            queries=("edges",),
        ),
        Condition(
            "Nothing that arrived in the period was set aside unstored",
            setting.seen.quarantined_in_period == 0,
            f"{plural(setting.seen.quarantined_in_period, 'span')} in quarantine",
        ),
        _acknowledged(setting),
    )


def _acknowledged(setting: Setting) -> Condition:
    """Compare what was promised with what is there, over the life of the data directory."""
    counted = int(setting.ask.row("lifetime", "How many spans ever came in, how many are stored?")["counted"])
    aside, promised = sum(setting.seen.quarantined.values()), setting.seen.acknowledged
    text = "Every span that was acknowledged is accounted for"
    if promised is None:
        return Condition(text, None, "no collector has counted here", queries=("lifetime",))
    short = promised - counted - aside
    said = f"{count(promised)} acknowledged, {count(counted)} counted in, {count(aside)} set aside"
    if short > 0 and setting.seen.waiting:
        return Condition(text, None, f"{said}; {plural(setting.seen.waiting, 'segment')} wait", queries=("lifetime",))
    return Condition(text, short <= 0, said, queries=("lifetime",))


def _figures(setting: Setting, edges: Mapping[str, object], silent: Sequence[Hour]) -> tuple[Figure, ...]:
    first, last = edges["first_at"], edges["last_at"]
    known = bool(edges["spans"]) and isinstance(first, datetime) and isinstance(last, datetime)
    begun = utc(first) if known and isinstance(first, datetime) else None
    ended = utc(last) if known and isinstance(last, datetime) else None
    return (
        Figure("spans stored", count(int(str(edges["spans"]))), queries=("edges",)),
        Figure("silent hours", count(len(silent)), "where records were expected", ("hours", "pace")),
        Figure("first record", day(begun), f"{begun:%H:%M:%S} UTC" if begun else "", ("edges",)),
        Figure("last record", day(ended), f"{ended:%H:%M:%S} UTC" if ended else "", ("edges",)),
        Figure("times mended", count(int(str(edges["mended"]))), "their clock was far off on arrival", ("edges",)),
        Figure("set aside", count(sum(setting.seen.quarantined.values())), "in quarantine, with the reason"),
    )


def _chart(setting: Setting, hours: Sequence[Hour]) -> Chart:
    per = max(1, round(setting.step / HOUR))
    bars = []
    for place in range(0, len(hours), per):
        part = hours[place : place + per]
        quiet = sum(hour.silent for hour in part)
        bars.append(Bar(part[0].at, sum(hour.stored for hour in part), flagged="silent" if quiet else ""))
    unit = "hour" if per == 1 else f"{per} hours" if per < 24 else "day" if per == 24 else f"{per // 24} days"
    flagged = any(bar.flagged for bar in bars)
    caption = (
        "Hatched: silence where records were expected."
        if flagged
        else "No hour is silent in which records were expected."
    )
    return Chart(f"Spans stored per {unit}", columns(bars, label=f"spans stored per {unit}"), caption, ("hours",))


def _gaps(silent: Sequence[Hour]) -> tuple[Table, ...]:
    if not silent:
        return ()
    rows = tuple(
        (moment(hour.at), count(hour.stored), count(hour.counted), count(hour.expected)) for hour in silent[:MOST_GAPS]
    )
    title = "Silent hours" + (f" (the first {MOST_GAPS} of {len(silent)})" if len(silent) > MOST_GAPS else "")
    head = ("Hour from", "Stored", "Counted on arrival", "Expected at least")
    return (Table(title, head, rows, frozenset({1, 2, 3}), ("hours", "pace")),)


def _traces(setting: Setting, edges: Mapping[str, object], silent: Sequence[Hour]) -> dict[str, list[str]]:
    traces = (
        {"first and last of the period": [str(edges["first_trace"]), str(edges["last_trace"])]}
        if edges["spans"]
        else {}
    )
    if edges["spans"] and silent:
        starts = [hour.at for hour in silent[:3]]
        rows = setting.ask.rows(
            "around_gaps", "Which traces bound a silence?", starts=starts, ends=[start + HOUR for start in starts]
        )
        traces["around silence"] = list(
            dict.fromkeys(str(t) for row in rows for t in (row["before"], row["after"]) if t)
        )
    return traces


def _verdict(spans: int, silent: Sequence[Hour], missing: int) -> str:
    if not spans:
        return "No record of this period is stored."
    if silent:
        when = listed([moment(hour.at) for hour in silent], 2)
        return f"Records stop for {plural(len(silent), 'hour')} in which they were expected: {when}."
    if missing:
        return f"{plural(missing, 'record')} that came in are no longer stored.".capitalize()
    return f"{count(spans)} spans, with no silence where records were expected."
