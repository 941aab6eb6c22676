"""AI Act, Article 19: logs are kept for at least six months. Evidence: what is oldest, may expire, was deleted.

A roll-up counts every span as it comes in and outlives a deletion of the rows, so a day with fewer rows than were
counted has lost some. The system's age is the time since policies were first loaded here, or since the first arrival.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from policies.reports.charts import Bar, columns
from policies.reports.controls.setting import DAY, Setting
from policies.reports.model import Chart, Condition, Control, Figure, Table
from policies.reports.words import NONE, count, day, length, moment, plural
from storage.times import utc

SIX_MONTHS = timedelta(days=183)
SLACK = timedelta(days=1)


def logs_kept(setting: Setting) -> Control:
    """Judge how long logs are kept."""
    retention = {row["kept"]: int(row["days"]) for row in setting.ask.rows("retention", "How long are rows kept?")}
    oldest = {row["what"]: row for row in setting.ask.rows("oldest", "Which rows are the oldest?")}
    deletions = setting.ask.row("deletions", "Was anything deleted by a statement?")
    days = _days(setting)
    lost = sum(max(0, counted - stored) for _, stored, counted in days)
    limits = [kept for kept in retention.values() if kept]
    kept_days = min(limits) if limits else None
    return Control(
        id="eu-ai-act:19",
        name="AI Act Art. 19",
        title="Logs are kept",
        duty="Automatically generated logs are kept for a period fit for their purpose, of at least six months.",
        verdict=_verdict(oldest["spans"], kept_days, lost),
        conditions=_conditions(setting, oldest, kept_days, lost, deletions),
        coverage=f"{plural(len([d for d in days if d[1]]), 'day')} with rows of the last six months,"
        f" {plural(len([d for d in days if d[2]]), 'day')} on which records came in",
        figures=_figures(setting, oldest, kept_days, lost, deletions),
        charts=(_chart(days, setting.period.as_of),),
        tables=(_table(retention),),
        not_proven=(
            "What was deleted together with its count: then only the system's age is left as a witness.",
            "That backups exist, or that the disk will outlive the six months.",
            "Duties to keep logs longer, which other law may add.",
        ),
        queries=setting.ask.queries("retention", "oldest", "kept_days", "deletions"),
    )


def _days(setting: Setting) -> list[tuple[datetime, int, int]]:
    """Return (day, stored, counted) of the last six months; the day under way is left out of the comparison."""
    rows = setting.ask.rows("kept_days", "Does each day still have the rows that came in?")
    today = setting.period.as_of.date()
    found = []
    for row in rows:
        stored, counted = int(row["stored"]), int(row["counted"])
        at = datetime(row["day"].year, row["day"].month, row["day"].day, tzinfo=setting.period.as_of.tzinfo)
        found.append((at, stored, max(stored, counted) if row["day"] == today else counted))
    return found


def age(setting: Setting, oldest: Mapping[str, Mapping[str, Any]]) -> timedelta:
    """Return how long the system has run: since its first start, the first arrival, or the first record."""
    begun = [setting.seen.first_start] if setting.seen.first_start else []
    if oldest["spans"]["amount"]:
        begun += [utc(oldest["spans"]["first_arrival"]), utc(oldest["spans"]["oldest"])]
    if oldest["minutes counted"]["amount"]:
        begun.append(utc(oldest["minutes counted"]["oldest"]))
    return setting.period.as_of - min(begun) if begun else timedelta(0)


def _conditions(
    setting: Setting,
    oldest: Mapping[str, Mapping[str, Any]],
    kept_days: int | None,
    lost: int,
    deletions: Mapping[str, Any],
) -> tuple[Condition, ...]:
    spans = oldest["spans"]
    needed = min(SIX_MONTHS, age(setting, oldest))
    reach = setting.period.as_of - utc(spans["oldest"]) if spans["amount"] else timedelta(0)
    return (
        Condition("Logs are stored", spans["amount"] > 0, plural(int(spans["amount"]), "span"), True, ("oldest",)),
        Condition(
            "Nothing expires before six months (183 days)",
            kept_days is None or kept_days >= SIX_MONTHS.days,
            "rows are kept for ever" if kept_days is None else f"kept for {plural(kept_days, 'day')}",
            True,
            ("retention",),
        ),
        Condition(
            "The oldest log is six months old, or as old as the system",
            spans["amount"] > 0 and reach + SLACK >= needed,
            f"the oldest is {length(reach)} old, {length(needed)} are needed",
            queries=("oldest",),
        ),
        Condition(
            "No row of the last six months was lost or deleted",
            lost == 0,
            f"{plural(lost, 'row')} fewer than came in",
            queries=("kept_days",),
        ),
        Condition(
            "The store knows of no statement that deleted rows",
            deletions["statements"] == 0,
            plural(int(deletions["statements"]), "statement"),
            queries=("deletions",),
        ),
    )


def _figures(
    setting: Setting,
    oldest: Mapping[str, Mapping[str, Any]],
    kept_days: int | None,
    lost: int,
    deletions: Mapping[str, Any],
) -> tuple[Figure, ...]:
    spans = oldest["spans"]
    newest = moment(utc(deletions["newest"])) if deletions["statements"] else ""
    return (
        Figure("oldest log", day(utc(spans["oldest"])) if spans["amount"] else NONE, queries=("oldest",)),
        Figure("age of the system", length(age(setting, oldest)), queries=("oldest",)),
        Figure(
            "kept for",
            "ever" if kept_days is None else f"{kept_days} days",
            "the shortest of all tables",
            ("retention",),
        ),
        Figure("logs stored", count(spans["amount"]), "spans", ("oldest",)),
        Figure("rows lost", count(lost), "of the last six months", ("kept_days",)),
        Figure("deletions", count(deletions["statements"]), newest, ("deletions",)),
    )


def _chart(days: list[tuple[datetime, int, int]], as_of: datetime) -> Chart:
    found = {at: (stored, counted) for at, stored, counted in days}
    if not found:
        return Chart("Logs stored per day", columns([], label="logs stored per day"), "", ("kept_days",))
    bars, at = [], min(found)
    while at <= as_of:
        stored, counted = found.get(at, (0, 0))
        bars.append(Bar(at, stored, flagged="rows lost" if counted > stored else ""))
        at += DAY
    caption = "Hatched: days that have fewer rows than came in." if any(bar.flagged for bar in bars) else ""
    return Chart(
        "Logs stored per day, last six months", columns(bars, label="logs stored per day"), caption, ("kept_days",)
    )


def _table(retention: Mapping[str, int]) -> Table:
    rows = tuple((table, f"{days} days" if days else "for ever") for table, days in sorted(retention.items()))
    return Table("Retention in force", ("Table", "Rows are kept"), rows, frozenset({1}), ("retention",))


def _verdict(spans: Mapping[str, Any], kept_days: int | None, lost: int) -> str:
    if not spans["amount"]:
        return "No log is stored."
    if kept_days is not None and kept_days < SIX_MONTHS.days:
        return f"Rows expire after {plural(kept_days, 'day')}, which is less than six months."
    since = f"Logs reach back to {day(utc(spans['oldest']))}"
    how = "and do not expire" if kept_days is None else f"and are kept for {plural(kept_days, 'day')}"
    return f"{since} {how}." if not lost else f"{since}, but {plural(lost, 'row')} that came in are gone."
