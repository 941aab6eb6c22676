"""Policies: each one in force, how it stands, what it decided over time, and the evidence behind that."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html

from dashboard.components.blocks import Child, badge, card, code, empty, facts, grid, link
from dashboard.pages.home_cards import STATES, policy_words
from dashboard.pages.page import Drawn, Visit
from dashboard.pages.policy_cards import decisions_card, findings_card, over_time_card, verdicts_card
from dashboard.read.policies import Posture, postures
from dashboard.words import plural

MODES = {
    "enforce": "enforced",
    "shadow": "shadow: decides, changes nothing",
    "off": "off",
    "retired": "no longer in force",
}


def draw(visit: Visit) -> Drawn:
    """Draw the policies; ``?policy=`` chooses the one that is shown in full."""
    found = postures(visit.services.engine, visit.services.policies(), visit.window, visit.address.scope)
    head = html.Header(
        [html.H1(_sentence(found), className="verdict"), html.P(visit.address.words(), className="muted verdict-of")],
        className="page-head",
    )
    if not found:
        return Drawn("Policies", [head, grid(card("", _none()))])
    chosen = _chosen(found, visit.address.own.get("policy", ""))
    return Drawn(
        "Policies",
        [
            head,
            grid(
                card(
                    "In force",
                    html.Ul([_row(visit, one, one is chosen) for one in found], className="rows"),
                    wide=4,
                    kind="policy-list",
                ),
                html.Div(_full(visit, chosen), className="wide-8 stack"),
            ),
        ],
    )


def _full(visit: Visit, one: Posture) -> list[Child]:
    return [
        _about(one),
        findings_card(visit, one) if one.findings else None,
        verdicts_card(visit, one),
        over_time_card(visit, one),
        decisions_card(visit, one),
    ]


def _chosen(found: Sequence[Posture], name: str) -> Posture:
    """The one that was asked for, else one that fails, else the first."""
    asked = [one for one in found if one.policy.id == name]
    failing = [one for one in found if one.state == "failing"]
    return (asked or failing or list(found))[0]


def _sentence(found: Sequence[Posture]) -> Child:
    failing = [one for one in found if one.state == "failing"]
    if failing:
        return [
            html.Span(f"{plural(len(failing), 'policy', 'policies')} failing", className="tone-policy"),
            f" of {len(found)}",
        ]
    return f"{plural(len(found), 'policy', 'policies')} in force, none failing" if found else "No policy in force"


def _row(visit: Visit, one: Posture, here: bool) -> html.Li:
    glyph, word, tone = STATES.get(one.state, ("–", one.state, "quiet"))
    said, _ = policy_words(one)
    return html.Li(
        link(
            [
                html.Span(glyph, className=f"glyph tone-{tone}", title=word),
                html.Span(
                    [
                        html.Span([html.Strong(one.policy.title), badge(word, tone)], className="row-line"),
                        html.Span(said, className="muted row-line"),
                    ],
                    className="row-text",
                ),
            ],
            visit.changed(policy=one.policy.id, before=""),
            "row here" if here else "row",
        )
    )


def _about(one: Posture) -> html.Section:
    policy = one.policy
    pairs: list[tuple[str, Child]] = [
        ("Mode", MODES.get(policy.mode, policy.mode)),
        ("Kind", policy.kind),
        ("Version", policy.version),
        ("Digest", code(policy.digest) if policy.digest else ""),
        ("Owner", policy.owner),
        ("Severity", policy.severity),
        ("Models", ", ".join(policy.models)),
        ("Evidence for", ", ".join(policy.controls)),
    ]
    summary = html.P(policy.summary, className="summary") if policy.summary else None
    return card(
        policy.title, summary, facts(*((name, value) for name, value in pairs if value)), aside=html.Code(policy.id)
    )


def _none() -> Child:
    return empty(
        "No policy is in force.",
        html.P(
            "A policy is a YAML file in the policies folder; spanwarden policy check says whether it can be loaded.",
            className="muted",
        ),
        html.Pre(html.Code("spanwarden policy check policies/"), tabIndex="0"),
    )
