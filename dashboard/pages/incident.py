"""Incident: what happened in one sentence, then its drawing, why, who, examples, and what was done."""

from __future__ import annotations

import asyncio
from typing import Any

from dash import Dash, Input, Output, State, ctx, html, no_update

from dashboard.components.blocks import Child, badge, code, facts, grid, link
from dashboard.format import clock, moment, span, times
from dashboard.pages.incident_cards import timeline_card, who_card
from dashboard.pages.incident_examples import example_cards
from dashboard.pages.incident_series import series_card
from dashboard.pages.incident_why import why_card
from dashboard.pages.incidents import state_badge
from dashboard.pages.page import Drawn, Visit, VisitOf
from dashboard.read.incidents import STATES, IncidentView, incident, say
from dashboard.words import confidence, value_words


def draw(visit: Visit) -> Drawn:
    """Draw one incident."""
    one = incident(visit.services.engine, visit.services.control, visit.values["incident_id"])
    if one is None:
        return Drawn("Incident", _unknown(visit))
    return Drawn(
        one["title"],
        [
            _head(visit, one),
            grid(
                series_card(visit, one),
                why_card(visit, one),
                who_card(visit, one),
                *example_cards(visit, one),
                timeline_card(visit, one),
            ),
        ],
    )


def register(app: Dash, visit_of: VisitOf) -> None:
    """Register acknowledging, resolving and reopening."""

    @app.callback(
        Output("pulse", "data", allow_duplicate=True),
        Input({"type": "say", "state": "acknowledged"}, "n_clicks"),
        Input({"type": "say", "state": "resolved"}, "n_clicks"),
        Input({"type": "say", "state": "open"}, "n_clicks"),
        State("note", "value"),
        State("url", "pathname"),
        prevent_initial_call=True,
    )
    async def said(*given: Any) -> Any:  # noqa: ANN401 (whatever a browser sends)
        *clicks, note, path = given
        chosen = ctx.triggered_id
        visit = visit_of(path, "", None)
        state = chosen.get("state") if isinstance(chosen, dict) else None
        if not any(isinstance(count, int) and count > 0 for count in clicks) or state not in STATES:
            return no_update
        words = note if isinstance(note, str) else ""
        await asyncio.to_thread(_say, visit, state, words)
        return f"said {visit.now.isoformat()}"


def _say(visit: Visit, state: str, words: str) -> None:
    incident_id = visit.values.get("incident_id", "")
    if incident(visit.services.engine, visit.services.control, incident_id):
        say(visit.services.control, incident_id, state, words, "", visit.now)


def _head(visit: Visit, one: IncidentView) -> html.Header:
    zone, now, ended = visit.viewer.zone, visit.now, one.ended
    unit = one["unit"]
    pairs: list[tuple[str, Child]] = [
        ("State", state_badge(one)),
        ("Severity", badge(one["severity"], one["severity"], "●")),
        ("Since", moment(one.started, zone)),
        ("Lasted" if ended else "So far", span((ended or now) - one.started)),
        ("Seen at its peak", value_words(one["observed"], unit)),
        ("Normal", value_words(one["expected"], unit)),
        ("Ratio", times(one["ratio"])),
    ]
    crumb = html.P([link("Incidents", visit.href("/incidents")), " / ", code(one["id"])], className="crumb")
    return html.Header(
        [
            crumb,
            html.H1(one["title"], className="verdict"),
            html.P(_second_sentence(visit, one), className="muted verdict-of"),
            facts(*pairs),
        ],
        className="page-head trace-head",
    )


def _second_sentence(visit: Visit, one: IncidentView) -> str:
    since = clock(one.started, visit.viewer.zone, visit.now)
    until = f"From {since} to {clock(one.ended, visit.viewer.zone, visit.now)}." if one.ended else f"Since {since}."
    causes = one["causes"]
    return f"{until} {confidence(causes[0].get('share_explained') if causes else None, len(causes))}"


def _unknown(visit: Visit) -> Child:
    return html.Div(
        [
            html.H1("There is no such incident", className="verdict"),
            html.P(
                [
                    "It may have been withdrawn when late data showed that nothing was amiss. Back to ",
                    link("all incidents", visit.href("/incidents")),
                    ".",
                ]
            ),
        ],
        className="page-head",
    )
