"""Home's three lists: what is wrong, how policies stand, what changed."""

from __future__ import annotations

from collections.abc import Mapping

from dash import html

from dashboard.components.blocks import Child, badge, bar, card, empty, link
from dashboard.format import ago, clock, count, percent
from dashboard.pages.page import Visit
from dashboard.read.changes import Change
from dashboard.read.home import Board
from dashboard.read.incidents import IncidentView
from dashboard.read.policies import MARKED, Posture
from dashboard.words import plural, scope_words, slice_words

SHOWN = 5
STATES = {
    "failing": ("✗", "failing", "critical"),
    "passing": ("✓", "passing", "good"),
    "shadow": ("◌", "shadow", "note"),
    "idle": ("–", "nothing decided", "quiet"),
    "off": ("–", "off", "quiet"),
}
WORDS = {
    "version": "Version",
    "model": "Model",
    "traffic": "Traffic",
    "price": "Price",
    "length": "Length",
    "error": "Error",
}


def incidents_card(visit: Visit, board: Board) -> html.Section:
    """Return the incidents that go on, then those that are over."""
    over = [one for one in board.incidents if one["state"] == "resolved"]
    shown = [*board.open, *over][:SHOWN]
    rest = len(board.incidents) - len(shown)
    more = link(f"All {len(board.incidents)}" if rest > 0 else "All", visit.href("/incidents"))
    body = html.Ul([incident_row(visit, one) for one in shown], className="rows")
    none = empty(
        "No incident in this time.", html.P("Latency and failures stayed within what is normal.", className="muted")
    )
    return card("Incidents", body if shown else none, wide=7, aside=more)


def incident_row(visit: Visit, one: IncidentView) -> html.Li:
    """Return one incident: what, since when, whom it hits, its likely cause."""
    going_on = one["state"] != "resolved"
    glyph, tone = ("●", one["severity"]) if going_on else ("○", "quiet")
    since = clock(one.started, visit.viewer.zone, visit.now)
    until = (
        f"since {since}"
        if going_on or one.ended is None
        else f"{since} to {clock(one.ended, visit.viewer.zone, visit.now)}"
    )
    facts = [scope_words(one["scope"]), _affected(one)]
    causes = one["causes"]
    likely = f"likely: {slice_words(causes[0].get('slice', {}))}" if causes else ""
    return html.Li(
        link(
            [
                html.Span(glyph, className=f"glyph tone-{tone}", title=f"{one['severity']}, {one['state']}"),
                html.Span(
                    [
                        html.Span(
                            [html.Strong(one["title"]), html.Span(until, className="muted nowrap")],
                            className="row-line",
                        ),
                        html.Span(" · ".join(part for part in (*facts, likely) if part), className="muted row-line"),
                    ],
                    className="row-text",
                ),
            ],
            visit.href(f"/incidents/{one['id']}"),
            "row" if going_on else "row over",
        )
    )


def policies_card(visit: Visit, board: Board) -> html.Section:
    """Return each policy with its verdict in words."""
    rows = html.Ul([_policy_row(visit, one) for one in board.policies], className="rows")
    none = empty("No policy is in force.", html.P("Put a YAML file into the policies folder.", className="muted"))
    return card("Policies", rows if board.policies else none, wide=5, aside=link("All", visit.href("/policies")))


def _policy_row(visit: Visit, one: Posture) -> html.Li:
    glyph, word, tone = STATES.get(one.state, ("–", one.state, "quiet"))
    said, share = policy_words(one)
    return html.Li(
        link(
            [
                html.Span(glyph, className=f"glyph tone-{tone}", title=word),
                html.Span(
                    [
                        html.Span([html.Strong(one.policy.title), badge(word, tone)], className="row-line"),
                        html.Span(
                            [*([bar(share, "policy")] if share is not None else []), said],
                            className="muted row-line start",
                        ),
                    ],
                    className="row-text",
                ),
            ],
            visit.href("/policies", policy=one.policy.id),
            "row",
        )
    )


def policy_words(one: Posture) -> tuple[str, float | None]:
    """Return what a policy did in words, and the share it is about when there is one."""
    if one.masked:
        return f"{masked_words(one.masked)} masked before storage", None
    checked = sum(one.verdicts.get(verdict, 0) for verdict in MARKED)
    if checked:
        marked = one.verdicts.get("present", 0) + one.verdicts.get("declared", 0)
        return f"{percent(marked / checked)} of {count(checked)} outputs marked", marked / checked
    if one.decisions:
        return plural(one.decisions, "decision"), None
    return "no decision in this time", None


def masked_words(masked: Mapping[str, int]) -> str:
    """Return ``1,204 email``, or the sum with its largest kinds when there are several."""
    kinds = [f"{count(amount)} {kind}" for kind, amount in masked.items()]
    return (
        kinds[0]
        if len(kinds) == 1
        else f"{count(sum(masked.values()))} ({', '.join(kinds[:3])}{', …' if kinds[3:] else ''})"
    )


def changes_card(visit: Visit, board: Board) -> html.Section:
    """Return what is not as it was in the window before."""
    rows = html.Ul([_change(visit, one) for one in board.changes], className="rows changes")
    none = empty(
        "Nothing changed.", html.P("Versions, models, traffic and prices are as they were.", className="muted")
    )
    return card(
        "What changed",
        rows if board.changes else none,
        wide=4,
        aside=html.Span("against " + board.was_name, className="muted"),
    )


def _change(visit: Visit, one: Change) -> html.Li:
    when: list[Child] = [" · ", html.Span(ago(one.at, visit.now), className="muted nowrap")] if one.at else []
    return html.Li(
        [
            html.Span(WORDS.get(one.kind, one.kind), className="change-kind muted"),
            html.Span([html.Strong(one.subject), " ", one.text, *when], className="row-text"),
        ],
        className="change",
    )


def _affected(one: IncidentView) -> str:
    affected = one["affected"]
    users, calls = affected.get("users") or 0, affected.get("calls") or 0
    return plural(users, "user") if users else plural(calls, "call") if calls else ""
