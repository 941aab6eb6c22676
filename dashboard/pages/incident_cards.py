"""Whom an incident hit, and what was done."""

from __future__ import annotations

from datetime import datetime

from dash import dcc, html

from dashboard.components.blocks import Child, badge, card, facts
from dashboard.format import clock, duration, exact
from dashboard.pages.page import Visit
from dashboard.read.incidents import IncidentView
from dashboard.words import plural


def who_card(visit: Visit, one: IncidentView) -> html.Section:
    """Return how many calls, traces, users and sessions it reached, and the finding that says so."""
    affected = one["affected"]
    names = (("calls", "Calls"), ("traces", "Traces"), ("users", "Users"), ("sessions", "Sessions"))
    pairs: list[tuple[str, Child]] = [(words, exact(affected.get(name))) for name, words in names]
    scope = [html.Div([html.Dt(name), html.Dd(str(value))]) for name, value in one["scope"].items() if value]
    return card(
        "Who",
        facts(*pairs),
        html.H3("Where", className="sub-head"),
        html.Dl(scope, className="pairs") if scope else html.P("All calls.", className="muted"),
        html.P(f"{plural(len(one['finding_ids']), 'finding')} behind it", className="muted key"),
        wide=4,
    )


def timeline_card(visit: Visit, one: IncidentView) -> html.Section:
    """Return what happened and what people said, in order, and the means to say more."""
    moments: list[tuple[str, Child]] = [
        (one["started_at"], "It began"),
        (one["detected_at"], _detected(one)),
        (one["peak_at"], "It was at its worst"),
    ]
    moments += [
        (
            note.at.isoformat(),
            [
                badge(note.state, "note"),
                f" {note.note}" if note.note else "",
                html.Span(f" {note.author}", className="muted") if note.author else "",
            ],
        )
        for note in one.notes
    ]
    if one["ended_at"]:
        moments.append((one["ended_at"], "It was over"))
    zone = visit.viewer.zone
    items = [
        html.Li([html.Span(clock(_time(at), zone, visit.now), className="muted nowrap"), html.Span(words)])
        for at, words in sorted(moments, key=lambda pair: _time(pair[0]))
    ]
    return card("What was done", html.Ol(items, className="timeline"), _say(one))


def _say(one: IncidentView) -> Child:
    if one["state"] == "resolved":
        return html.P("It is over; what was said stays.", className="muted")
    buttons = [("acknowledged", "Acknowledge", "main"), ("resolved", "Resolve", "")]
    if one["state"] == "acknowledged":
        buttons = [("open", "Reopen", ""), ("resolved", "Resolve", "main")]
    hidden = [state for state in ("acknowledged", "resolved", "open") if state not in {name for name, _, _ in buttons}]
    made: list[Child] = [
        html.Button(words, id={"type": "say", "state": state}, className=f"button {kind}", type="button")
        for state, words, kind in buttons
    ]
    made += [html.Button(id={"type": "say", "state": state}, hidden=True, type="button") for state in hidden]
    note = dcc.Input(
        id="note", type="text", placeholder="What was done", maxLength=400, className="note-input", autoComplete="off"
    )
    return html.Div([note, *made], className="say")


def _detected(one: IncidentView) -> str:
    delay = _time(one["detected_at"]) - one.started
    return f"It was detected, {duration(delay.total_seconds() * 1000)} later"


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
