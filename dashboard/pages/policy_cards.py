"""The cards of one policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from dash import html

from dashboard.charts.bars import Stack, bar_chart
from dashboard.charts.graph import graph
from dashboard.charts.lines import Plot
from dashboard.components.blocks import Child, bar, card, empty, link
from dashboard.components.table import Column, table
from dashboard.components.verdicts import LOOKS, verdict_badge, verdict_colour, verdict_words
from dashboard.format import clock, count, exact, p_value, percent
from dashboard.pages.page import Visit
from dashboard.read.cursor import START, Cursor, read_cursor
from dashboard.read.figures import step_seconds
from dashboard.read.lists import decisions
from dashboard.read.policies import VERDICTS, Posture, redacted_series, verdict_series
from dashboard.theme import series_colour
from dashboard.words import scope_words, value_words

PAGE, FINDINGS = 25, 6
MARKS = (
    "Verified: found in the output with its key. Declared: the vendor says so. Unverifiable: nothing to check it by."
)
FOUND = (
    Column("at", "Found"),
    Column("where", "Where", main=True),
    Column("seen", "Seen", number=True),
    Column("demanded", "Demanded", number=True, hidden_on_phone=True),
    Column("p", "p-value", number=True, hidden_on_phone=True),
    Column("trace", "A trace", number=True),
)
COLUMNS = (
    Column("at", "Decided"),
    Column("verdict", "Verdict", main=True),
    Column("model", "Model", hidden_on_phone=True),
    Column("check", "Check", hidden_on_phone=True),
    Column("found", "Found", hidden_on_phone=True),
    Column("tokens", "Tokens scored", number=True, hidden_on_phone=True),
    Column("p", "p-value", number=True, hidden_on_phone=True),
    Column("trace", "Trace", number=True),
)


def findings_card(visit: Visit, one: Posture) -> html.Section:
    """Return what was found amiss, newest first: observed beside demanded, with its p-value and a trace."""
    rows = [_finding(visit, finding) for finding in one.findings[:FINDINGS]]
    left = len(one.findings) - len(rows)
    return card(
        "What is amiss",
        table(FOUND, rows, "What is amiss, newest first"),
        html.P(f"{left} more in this time, before these.", className="muted key") if left else None,
        aside=html.Span(f"{len(one.findings)} in this time", className="muted"),
    )


def _finding(visit: Visit, finding: Mapping[str, Any]) -> dict[str, Child]:
    scope = {name: value for name, value in finding["scope"].items() if name not in ("policy", "policy_id")}
    at: datetime = finding["at"]
    trace = finding["trace_id"]
    return {
        "at": html.Span(
            [html.Span("✗", className="tone-critical"), " ", clock(at, visit.viewer.zone, visit.now)],
            title=at.isoformat(),
            className="nowrap",
        ),
        "where": scope_words(scope) or finding["signal"],
        "seen": value_words(finding["observed"], finding["unit"]),
        "demanded": value_words(finding["expected"], finding["unit"]),
        "p": p_value(finding["p_value"]),
        "trace": link(html.Code(trace[:8]), visit.href(f"/traces/{trace}", span=finding["span_id"])) if trace else "",
    }


def verdicts_card(visit: Visit, one: Posture) -> html.Section:
    """Return the verdicts as bars; what a vendor only declares stands apart from what was verified."""
    whole = one.decisions or 1
    rows = [
        html.Li(
            [
                verdict_badge(name),
                bar(one.verdicts[name] / whole, LOOKS.get(name, ("", "quiet", ""))[1]),
                html.Span(
                    [
                        html.Strong(exact(one.verdicts[name])),
                        html.Span(f" {percent(one.verdicts[name] / whole)}", className="muted"),
                    ],
                    className="nowrap",
                ),
            ]
        )
        for name in [*(name for name in VERDICTS if name in one.verdicts), *sorted(one.verdicts.keys() - set(VERDICTS))]
    ]
    kinds = [
        html.Li(
            [
                html.Span(f"⟦{kind}⟧", className="redacted"),
                bar(amount / max(one.masked.values()), "policy"),
                html.Strong(exact(amount)),
            ]
        )
        for kind, amount in one.masked.items()
    ]
    parts: list[Child] = []
    if kinds:
        parts += [html.H3("Masked before storage, by kind", className="sub-head"), html.Ul(kinds, className="tally")]
    if rows:
        parts += [html.H3("Decisions, by verdict", className="sub-head"), html.Ul(rows, className="tally")]
    if one.policy.kind == "watermark":
        parts.append(
            html.P(
                MARKS,
                className="muted key",
            )
        )
    return card("Verdicts", *(parts or [empty("It decided nothing in this time.")]))


def over_time_card(visit: Visit, one: Posture) -> html.Section:
    """Return decisions over time by verdict; for a policy that masks, what it masked by kind."""
    step = step_seconds(visit.window, 72)
    engine, scope, scheme = visit.services.engine, visit.address.scope, visit.viewer.scheme
    if one.masked and not one.decisions:
        found = redacted_series(engine, visit.window, scope, step)
        names = sorted(found, key=lambda kind: -sum(amount for _, amount in found[kind]))
        stacks = [Stack(kind, series_colour(scheme, number), found[kind]) for number, kind in enumerate(names)]
        title, told = "Masked over time", "What was masked over time, by kind"
    else:
        found = verdict_series(engine, one.policy.id, visit.window, scope, step)
        stacks = [
            Stack(verdict_words(name), verdict_colour(scheme, name), found[name]) for name in VERDICTS if name in found
        ]
        title, told = "Decisions over time", "Decisions over time, by verdict"
    if not stacks:
        return card(title, empty("Nothing in this time."))
    plot = Plot(visit.window, timedelta(seconds=step), "decisions", 180)
    marks = [html.Span([html.Span("■", style={"color": stack.colour}), f" {stack.name}"]) for stack in stacks]
    return card(
        title, graph("policy", bar_chart(visit.viewer, plot, stacks), told), html.Div(marks, className="legend")
    )


def decisions_card(visit: Visit, one: Posture) -> html.Section:
    """Return single decisions, newest first, each with the trace that it is about."""
    verdict = visit.address.own.get("verdict", "")
    rows, more = decisions(
        visit.services.engine, visit.window, visit.address.scope, policy=one.policy.id, verdict=verdict,
        cursor=_cursor(visit.address.own.get("before", "")), limit=PAGE,
    )  # fmt: skip
    chips: list[Child] = [
        link(
            f"{verdict_words(name)} {count(one.verdicts[name])}",
            visit.changed(verdict="" if verdict == name else name, policy=one.policy.id, before=""),
            "chip here" if verdict == name else "chip",
        )
        for name in VERDICTS
        if name in one.verdicts
    ]
    cells = [_row(visit, row) for row in rows]
    body = (
        table(_columns(cells), cells, "Decisions, newest first")
        if cells
        else empty("No decision of that kind in this time.")
    )
    links: list[Child] = []
    if visit.address.own.get("before"):
        links.append(link("Newest", visit.changed(before=""), "button small"))
    if more:
        links.append(link("Older", visit.changed(before=more.token(), policy=one.policy.id), "button small"))
    return card("Evidence", html.Div(chips, className="chips"), body, html.Div(links, className="more"))


def _columns(rows: Sequence[Mapping[str, Child]]) -> list[Column]:
    """Leave out what no row fills: a privacy policy has no p-value, a declared mark no tokens."""
    return [column for column in COLUMNS if any(row[column.key] for row in rows)]


def _row(visit: Visit, row: Mapping[str, Any]) -> dict[str, Child]:
    at: datetime = row["at"]
    return {
        "at": html.Span(clock(at, visit.viewer.zone, visit.now), title=at.isoformat()),
        "verdict": [verdict_badge(row["verdict"]), html.Span(row["reason"], className="muted sub")],
        "model": row["model"],
        "check": row["check_id"],
        "found": ", ".join(f"{kind} ×{amount}" for kind, amount in row["entities"].items()),
        "tokens": exact(row["tokens_scored"]) if row["tokens_scored"] else "",
        "p": p_value(row["p_value"]) if row["p_value"] is not None else "",
        "trace": link(html.Code(row["trace_id"][:8]), visit.href(f"/traces/{row['trace_id']}", span=row["span_id"]))
        if row["trace_id"]
        else "",
    }


def _cursor(token: str) -> Cursor:
    try:
        return read_cursor(token)
    except ValueError:
        return START
