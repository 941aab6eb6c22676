"""Incidents: what went wrong in this time, the gravest that still goes on first."""

from __future__ import annotations

from datetime import timedelta

from dash import html

from dashboard.components.blocks import Child, badge, card, empty, extra, grid, link
from dashboard.components.table import Column, table
from dashboard.format import clock, exact, span, times
from dashboard.pages.page import Drawn, Visit
from dashboard.read.incidents import STATES, IncidentView, incidents
from dashboard.words import plural, scope_words, slice_words

COLUMNS = (
    Column("what", "Incident", main=True),
    Column("scope", "Where", hidden_on_phone=True),
    Column("since", "Since", hidden_on_phone=True),
    Column("length", "Lasted", number=True, hidden_on_phone=True),
    Column("ratio", "Of normal", number=True, hidden_on_phone=True),
    Column("calls", "Calls", number=True, hidden_on_phone=True),
    Column("cause", "Likely", hidden_on_phone=True),
    Column("state", "State", number=True),
)
TONES = {"open": "critical", "acknowledged": "warning", "resolved": "good"}
GLYPHS = {"open": "●", "acknowledged": "◐", "resolved": "✓"}
GRAVITY = {"critical": 0, "warning": 1, "note": 2}


def draw(visit: Visit) -> Drawn:
    """Draw the list for one address; ``?state=`` narrows it."""
    found = incidents(visit.services.engine, visit.services.control, visit.window, visit.address.scope.tenant)
    state = visit.address.own.get("state", "")
    shown = sorted((one for one in found if not state or one["state"] == state), key=_order)
    return Drawn(
        "Incidents",
        [
            html.Header(
                [
                    html.H1(_sentence(found), className="verdict"),
                    html.P(visit.address.words(), className="muted verdict-of"),
                ],
                className="page-head",
            ),
            html.Div(_chips(visit, found, state), className="chips filters", role="group", **extra(aria_label="State")),
            grid(
                card(
                    "",
                    table(COLUMNS, [_row(visit, one) for one in shown], "Incidents", "linked") if shown else _none(),
                    kind="flush",
                )
            ),
        ],
    )


def state_badge(one: IncidentView) -> html.Span:
    """Return the state of an incident as a badge."""
    state = one["state"]
    return badge(state, TONES.get(state, "quiet"), GLYPHS.get(state, "•"))


def _order(one: IncidentView) -> tuple[bool, int, float]:
    return one["state"] == "resolved", GRAVITY.get(one["severity"], 3), -one.started.timestamp()


def _sentence(found: list[IncidentView]) -> str:
    going_on = sum(one["state"] != "resolved" for one in found)
    if going_on:
        return f"{plural(going_on, 'incident')} open"
    return f"No incident open, {plural(len(found), 'incident')} over" if found else "No incident"


def _chips(visit: Visit, found: list[IncidentView], state: str) -> list[Child]:
    chips: list[Child] = [link(f"All {len(found)}", visit.changed(state=""), "chip" if state else "chip here")]
    for name in STATES:
        number = sum(one["state"] == name for one in found)
        chips.append(
            link(f"{name.capitalize()} {number}", visit.changed(state=name), "chip here" if state == name else "chip")
        )
    return chips


def _row(visit: Visit, one: IncidentView) -> dict[str, Child]:
    zone, causes = visit.viewer.zone, one["causes"]
    length = (one.ended or visit.now) - one.started
    grave = one["severity"] if one["state"] != "resolved" else "quiet"
    return {
        "what": [
            html.Span(
                "●" if one["state"] != "resolved" else "○", className=f"glyph tone-{grave}", title=one["severity"]
            ),
            link(one["title"], visit.href(f"/incidents/{one['id']}"), "row-link"),
            html.Span(clock(one.started, zone, visit.now), className="muted sub phone-only"),
        ],
        "scope": scope_words(one["scope"]),
        "since": clock(one.started, zone, visit.now),
        "length": span(max(length, timedelta(0))),
        "ratio": times(one["ratio"]),
        "calls": exact(one["affected"].get("calls")),
        "cause": slice_words(causes[0].get("slice", {})) if causes else "",
        "state": state_badge(one),
    }


def _none() -> Child:
    return empty(
        "No incident of that kind in this time.",
        html.P(
            "Detectors watch latency and failures of every series, and learn what is normal by themselves.",
            className="muted",
        ),
    )
