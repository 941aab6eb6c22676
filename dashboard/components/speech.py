"""A conversation as speech, its tools as cards, what was masked as chips. Strings only: nothing said is interpreted."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from dash import html

from dashboard.components.blocks import Child, badge, icon
from dashboard.read.conversation.turns import Part, Turn

TOKEN = re.compile(r"(⟦[a-z0-9_-]{1,40}⟧)")
LONGEST = 20_000
SPEAKERS = {
    "system": "System",
    "developer": "Developer",
    "user": "User",
    "human": "User",
    "assistant": "Assistant",
    "model": "Assistant",
    "tool": "Tool",
    "query": "Query",
    "documents": "Documents",
    "input": "Input",
    "output": "Output",
}
CARDS = {
    "tool_call": "calls",
    "tool_result": "answers",
    "document": "document",
    "reasoning": "reasons",
    "other": "part",
}
SETTING = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"


def speech(turns: Sequence[Turn]) -> html.Ol:
    """Return the turns, one under the other."""
    return html.Ol([_turn(turn) for turn in turns], className="speech")


def masked_text(said: str) -> list[Child]:
    """Return text with each redaction token as a chip that says its kind."""
    shown = said if len(said) <= LONGEST else said[:LONGEST]
    pieces: list[Child] = [_chip(piece) if TOKEN.fullmatch(piece) else piece for piece in TOKEN.split(shown) if piece]
    if len(said) > LONGEST:
        pieces.append(html.Span(f" … {len(said) - LONGEST:,} more characters under Raw", className="muted"))
    return pieces


def silence(operation: str) -> html.Div:
    """Return what to set so that content arrives, for a call that carries none."""
    if not operation:
        return html.Div(html.P("A plain span: nothing was said in it.", className="muted"), className="empty")
    return html.Div(
        [
            html.P("This call carries no content.", className="empty-head"),
            html.P(
                ["OpenTelemetry's instrumentations leave prompts and answers out until this is set in the app:"],
                className="muted",
            ),
            html.Pre(html.Code(f"{SETTING}=span_only"), tabIndex="0"),
            html.P(["Older instrumentations take ", html.Code("true"), "."], className="muted"),
        ],
        className="empty",
    )


def _turn(turn: Turn) -> html.Li:
    role = turn.role.lower()
    return html.Li(
        [html.Span(SPEAKERS.get(role, turn.role), className="speaker"), html.Div([_part(part) for part in turn.parts])],
        className=f"turn {'out' if turn.side == 'out' else 'in'} role-{role if role in SPEAKERS else 'other'}",
    )


def _part(part: Part) -> html.Div:
    if part.kind == "text":
        return html.Div(masked_text(part.text), className="said")
    head = [
        icon("tool" if part.kind.startswith("tool") else "retrieval"),
        html.Span(part.name or "unnamed"),
        badge(CARDS[part.kind], "quiet"),
    ]
    if part.kind in ("reasoning", "other"):
        head = [badge(part.name or CARDS[part.kind], "quiet")]
    return html.Div(
        [html.Div(head, className="tool-head"), html.Div(masked_text(_pretty(part.text)), className="tool-body")],
        className="tool",
    )


def _pretty(text: str) -> str:
    try:
        found = json.loads(text)
        return json.dumps(found, ensure_ascii=False, indent=2) if isinstance(found, dict | list) else text
    except (ValueError, RecursionError):
        return text


def _chip(token: str) -> html.Span:
    return html.Span(token, className="redacted", title=f"{token[1:-1]}: masked before it was stored")
