"""AI Act, Article 15: accuracy, robustness, cybersecurity. Evidence: calls measured, faults noticed and handled.

Telemetry shows robustness (failures, latency, incidents and what was done) and part of cybersecurity. Accuracy it shows
only where apps record results of evaluations on their spans (``gen_ai.evaluation.result``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from policies.reports.charts import Line, lines
from policies.reports.controls.setting import Setting
from policies.reports.intervals import Share
from policies.reports.model import Chart, Condition, Control, Figure, Table
from policies.reports.words import NONE, count, duration, interval, length, moment, percent, plural
from storage.times import utc

P50, P95, P99 = 0, 2, 3  # places among the quantiles 0.5, 0.9, 0.95, 0.99
LAG = timedelta(minutes=15)
MOST = 12
Rows = Sequence[Mapping[str, Any]]


def robustness(setting: Setting) -> Control:
    """Judge what is measured of the model calls and how faults were handled."""
    total = setting.ask.row("calls_total", "How many model calls, failures, and how long?")
    failed = Share(int(total["failed"]), int(total["requests"]))
    models = setting.ask.rows("calls_models", "The same by model")
    reasons = setting.ask.rows("failed_calls", "Why did calls fail?")
    incidents = setting.ask.rows("report_incidents", "Which incidents touch the period?")
    evaluations = setting.ask.row("evaluations", "Did apps record results of evaluations?")
    return Control(
        id="eu-ai-act:15",
        name="AI Act Art. 15",
        title="Accuracy, robustness, cybersecurity",
        duty="A high-risk AI system performs consistently, withstands errors and faults, and its accuracy is measured.",
        verdict=_verdict(setting, failed, incidents, int(evaluations["spans"])),
        conditions=_conditions(setting, failed, reasons, incidents, int(evaluations["spans"])),
        coverage=f"all {count(failed.of)} model calls of the period are counted and timed;"
        f" {count(evaluations['spans'])} spans carry an evaluation",
        figures=_figures(total, failed, incidents),
        charts=_charts(setting),
        tables=tuple(one for one in (_models(models), _reasons(reasons), _handled(setting, incidents)) if one.rows),
        traces=_traces(reasons, incidents),
        not_proven=(
            "That answers are right: without evaluations on the spans, accuracy is not measured here at all.",
            "That faults below what the detectors can see did not happen.",
            "Resilience to attacks such as data poisoning or adversarial inputs.",
        ),
        queries=setting.ask.queries(
            "calls_total", "calls_steps", "calls_models", "failed_calls", "report_incidents", "watched_until",
            "newest_arrival", "evaluations",
        ),
    )  # fmt: skip


def _conditions(
    setting: Setting, failed: Share, reasons: Rows, incidents: Rows, evaluations: int
) -> tuple[Condition, ...]:
    open_ones = [one for one in incidents if one["severity"] == "critical" and _state(setting, one) == "open"]
    unnamed = sum(int(row["failed"]) for row in reasons if row["error_type"] in ("", "_OTHER"))
    return (
        Condition("Model calls are measured", failed.of > 0, plural(failed.of, "call"), True, ("calls_total",)),
        _watched(setting),
        Condition(
            "No critical incident is open without anyone on it",
            not open_ones,
            f"{plural(len(open_ones), 'critical incident')} open, of {plural(len(incidents), 'incident')} in all",
            queries=("report_incidents",),
        ),
        Condition(
            "Nine in ten failed calls say why they failed",
            unnamed * 10 <= failed.hits,
            f"{count(failed.hits - unnamed)} of {count(failed.hits)}",
            queries=("failed_calls",),
        ),
        Condition(
            "Accuracy is measured: results of evaluations are recorded",
            evaluations > 0,
            plural(evaluations, "span") + " with one",
            queries=("evaluations",),
        ),
    )


def _watched(setting: Setting) -> Condition:
    """Whether the detectors have looked at all calls of the period that came in."""
    mark = setting.ask.row("watched_until", "How far have the detectors looked?")
    newest = setting.ask.row("newest_arrival", "When did the newest call come in?")
    text = "The detectors have looked at every call of the period"
    if not newest["calls"]:
        return Condition(text, None, "there is no call", queries=("newest_arrival",))
    if not mark["marks"]:
        return Condition(text, False, "they have not run", queries=("watched_until",))
    behind = utc(newest["newest"]) - utc(mark["watched_until"])
    said = f"looked at all that came in until {moment(utc(mark['watched_until']))}"
    return Condition(text, behind <= LAG, said, queries=("watched_until", "newest_arrival"))


def _state(setting: Setting, incident: Mapping[str, Any]) -> str:
    """Return what holds now: what a person said last, else what the data say."""
    said = setting.seen.handled.get(str(incident["id"]))
    return said[0] if said else str(incident["state"])


def _figures(total: Mapping[str, Any], failed: Share, incidents: Rows) -> tuple[Figure, ...]:
    quantiles = total["duration_ms"] if failed.of else (None,) * 4
    waits = sorted(utc(one["detected_at"]) - utc(one["started_at"]) for one in incidents)
    return (
        Figure("model calls", count(failed.of), queries=("calls_total",)),
        Figure(
            "failed",
            percent(failed.value),
            f"95 % CI {percent(failed.low)} to {percent(failed.high)}",
            ("calls_total",),
        ),
        Figure("latency p50", duration(quantiles[P50]), queries=("calls_total",)),
        Figure("latency p95", duration(quantiles[P95]), f"p99 {duration(quantiles[P99])}", ("calls_total",)),
        Figure("incidents", count(len(incidents)), queries=("report_incidents",)),
        Figure(
            "median until noticed",
            length(waits[len(waits) // 2]) if waits else NONE,
            "from the start of an incident",
            ("report_incidents",),
        ),
    )


def _charts(setting: Setting) -> tuple[Chart, ...]:
    step = setting.step
    rows = setting.ask.rows("calls_steps", "The same by step of time", step=int(step.total_seconds()))
    found = {utc(row["at"]): row for row in rows}
    if not found:
        return ()
    times, at = [], min(found)
    while at <= max(found):
        times.append(at)
        at += step
    steps = [found.get(at) for at in times]
    share = [row["failed"] / row["requests"] if row and row["requests"] else None for row in steps]
    by = {1: "hour", 6: "6 hours", 24: "day"}.get(round(step.total_seconds() / 3600), "week")
    return (
        Chart(
            f"Share of model calls that failed, by {by}",
            lines(times, [Line("failed", share)], label="share of failed calls", words=_tick(percent)),
            queries=("calls_steps",),
        ),
        Chart(
            f"Latency of model calls, by {by}",
            lines(
                times,
                [
                    Line(name, [row["duration_ms"][place] if row else None for row in steps])
                    for name, place in _QUANTILES
                ],
                label="latency of model calls, p50 and p95",
                words=_tick(duration),
            ),
            "A gap is a time without calls.",
            ("calls_steps",),
        ),
    )


def _tick(words: Callable[[float], str]) -> Callable[[float], str]:
    """Return ``words`` without zeros behind the point: an axis says 10 s, not 10.00 s."""
    return lambda value: re.sub(r"\.(\d*?)0+ ", lambda found: f".{found[1]} " if found[1] else " ", words(value))


_QUANTILES = (("p50", P50), ("p95", P95))


def _models(models: Rows) -> Table:
    rows = tuple(
        (
            str(row["model"]) or "(no name)",
            count(row["requests"]),
            interval(Share(int(row["failed"]), int(row["requests"]))),
            duration(row["duration_ms"][P50]),
            duration(row["duration_ms"][P95]),
        )
        for row in models
    )
    head = ("Model", "Calls", "Failed", "p50", "p95")
    return Table("By model", head, rows, frozenset({1, 2, 3, 4}), ("calls_models",))


def _reasons(reasons: Rows) -> Table:
    rows = tuple((str(row["error_type"]) or "(not said)", count(row["failed"])) for row in reasons)
    return Table("Why calls failed", ("Error", "Calls"), rows, frozenset({1}), ("failed_calls",))


def _handled(setting: Setting, incidents: Rows) -> Table:
    rows = tuple(
        (
            str(one["title"]),
            str(one["severity"]),
            moment(utc(one["started_at"])).removesuffix(" UTC"),
            length(utc(one["detected_at"]) - utc(one["started_at"])),
            length(utc(one["ended_at"]) - utc(one["started_at"])) if one["ended_at"] else "goes on",
            _state(setting, one) + (" by a person" if str(one["id"]) in setting.seen.handled else ""),
        )
        for one in incidents[:MOST]
    )
    title = "Incidents" + (f" (the first {MOST} of {len(incidents)})" if len(incidents) > MOST else "")
    head = ("Incident", "Severity", "Began (UTC)", "Noticed after", "Lasted", "State")
    return Table(title, head, rows, frozenset({3, 4}), ("report_incidents",))


def _traces(reasons: Rows, incidents: Rows) -> dict[str, list[str]]:
    return {
        "failed calls": [str(trace) for row in reasons[:3] for trace in row["traces"][:2]],
        "incidents": list(dict.fromkeys(str(trace) for one in incidents[:4] for trace in one["traces"][:1])),
    }


def _verdict(setting: Setting, failed: Share, incidents: Rows, evaluations: int) -> str:
    if not failed.of:
        return "No model call of this period is measured."
    open_ones = sum(_state(setting, one) == "open" for one in incidents)
    accuracy = "" if evaluations else " Accuracy is not measured."
    return (
        f"{percent(failed.value)} of {count(failed.of)} model calls failed;"
        f" {plural(len(incidents), 'incident')}, {count(open_ones) if open_ones else 'none'} open.{accuracy}"
    )
