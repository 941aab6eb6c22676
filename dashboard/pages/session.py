"""Session: one conversation from its first turn to its last, each turn with what was said and what it took."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dash import html

from dashboard.components.blocks import Child, badge, bar, card, code, empty, extra, facts, grid, link
from dashboard.components.speech import masked_text
from dashboard.format import clock, count, duration, exact, moment, money
from dashboard.pages.listing import from_segment, segment
from dashboard.pages.page import Drawn, Visit
from dashboard.read.said import Said, said_in
from dashboard.read.sessions import SessionDetail, SessionRow, read_session
from dashboard.read.trace_rows import TraceRow
from dashboard.words import plural

SPOKEN_TURNS = 60


def draw(visit: Visit) -> Drawn:
    """Draw one session."""
    session_id = from_segment(visit.values["session_id"])
    detail = read_session(visit.services.engine, session_id, visit.window, visit.address.scope)
    if detail is None:
        return Drawn("Session", _unknown(visit, session_id))
    shown = detail.traces[:SPOKEN_TURNS]
    said = said_in(visit.services.engine, [one.trace_id for one in shown], detail.session.tenant)
    one = detail.session
    return Drawn(
        f"Session {session_id[:24]}",
        [
            _head(visit, one),
            grid(
                _talk_card(visit, detail, shown, said),
                html.Div([_strip_card(visit, detail), _about_card(visit, one)], className="wide-4 stack"),
            ),
        ],
    )


def _head(visit: Visit, one: SessionRow) -> html.Header:
    crumb = html.P([link("Sessions", visit.href("/sessions")), " / ", code(one.session_id)], className="crumb")
    said: list[Child] = [f"{plural(one.turns, 'turn')} in {duration(one.duration_ms)}, "]
    if one.errors:
        said.append(html.Span(f"{plural(one.errors, 'failure')}", className="tone-critical"))
    else:
        said.append("nothing failed")
    who = link(one.user_id, visit.href(f"/users/{segment(one.user_id)}")) if one.user_id else "an unknown user"
    began = moment(one.started_at, visit.viewer.zone)
    second = html.P([who, f" · {', '.join(one.services)} · from {began}"], className="muted verdict-of")
    return html.Header([crumb, html.H1(said, className="verdict"), second], className="page-head")


def _talk_card(
    visit: Visit, detail: SessionDetail, shown: Sequence[TraceRow], said: Mapping[str, Said]
) -> html.Section:
    turns = [_turn(visit, number, one, said.get(one.trace_id)) for number, one in enumerate(shown, 1)]
    left_out = detail.session.traces - len(shown)
    more = html.P(f"{plural(left_out, 'further trace')} not shown.", className="muted") if left_out > 0 else None
    silent = not any(said.values())
    note = _silence() if silent else None
    return card("Conversation", note, html.Ol(turns, className="talk"), more, wide=8)


def _turn(visit: Visit, number: int, one: TraceRow, said: Said | None) -> html.Li:
    failed = one.status == "error"
    figures = [
        clock(one.started_at, visit.viewer.zone, visit.now),
        duration(one.duration_ms),
        f"{count(one.tokens_in + one.tokens_out)} tokens" if one.tokens_in + one.tokens_out else "",
        money(one.cost_usd) if one.cost_usd else "",
        plural(one.model_calls, "model call") if one.model_calls else "",
        plural(one.tool_calls, "tool call") if one.tool_calls else "",
    ]
    head = [
        html.Span(exact(number), className="talk-number"),
        link(one.root_name or "unnamed trace", visit.href(f"/traces/{one.trace_id}"), "talk-name"),
        badge(one.error_type or "failed", "critical", "✗") if failed else None,
        html.Span(" · ".join(part for part in figures if part), className="muted talk-figures"),
    ]
    body: list[Child] = []
    if said:
        body += [_bubble("user", text) for text in said.asked]
        body += [_bubble("assistant", text) for text in said.answered]
    if one.agents:
        body.append(html.P(["by ", ", ".join(one.agents)], className="muted talk-agents"))
    return html.Li(
        [html.Div(head, className="talk-head"), html.Div(body, className="speech")],
        className="talk-turn" + (" failed" if failed else ""),
    )


def _bubble(role: str, text: str) -> html.Div:
    speaker = "User" if role == "user" else "Assistant"
    return html.Div(
        [
            html.Span(speaker, className="speaker"),
            html.Div(html.Div(masked_text(text), className="said")),
        ],
        className=f"turn {'out' if role == 'assistant' else 'in'} role-{role}",
    )


def _strip_card(visit: Visit, detail: SessionDetail) -> html.Section:
    """Every trace of the session in its time: long ones, failed ones and pauses are seen at once."""
    longest = max((one.duration_ms for one in detail.traces), default=1.0) or 1.0
    rows: list[Child] = [
        html.Li(
            link(
                [
                    html.Span(exact(number), className="muted"),
                    bar(one.duration_ms / longest, "critical" if one.status == "error" else "accent"),
                    html.Span(duration(one.duration_ms), className="strip-time"),
                ],
                visit.href(f"/traces/{one.trace_id}"),
                "strip-row",
            )
        )
        for number, one in enumerate(detail.traces[:SPOKEN_TURNS], 1)
    ]
    return card("How long each turn took", html.Ol(rows, className="strip"))


def _about_card(visit: Visit, one: SessionRow) -> html.Section:
    cached = f", {count(one.tokens_cached)} of them cached" if one.tokens_cached else ""
    pairs: list[tuple[str, Child]] = [
        ("Cost", money(one.cost_usd)),
        ("Tokens in", f"{count(one.tokens_in)}{cached}"),
        ("Tokens out", count(one.tokens_out)),
        ("Model calls", exact(one.model_calls)),
        ("Tool calls", exact(one.tool_calls)),
        ("Searches", exact(one.retrievals)),
        ("Runs of agents", exact(one.agent_runs)),
        ("Traces", exact(one.traces)),
        ("Failed traces", exact(one.failed_traces)),
        ("Environment", one.environment or "–"),
        ("Last seen", moment(one.last_seen_at, visit.viewer.zone)),
    ]
    return card("What it took", facts(*pairs))


def _silence() -> html.P:
    return html.P(
        ["No content was captured: the turns are here without what was said in them. A trace says how to change that."],
        className="muted note-line", **extra(role="note"),
    )  # fmt: skip


def _unknown(visit: Visit, session_id: str) -> Child:
    return [
        html.Header(
            [
                html.P([link("Sessions", visit.href("/sessions")), " / ", code(session_id)], className="crumb"),
                html.H1("No such session in this time", className="verdict"),
            ],
            className="page-head",
        ),
        grid(
            card(
                "",
                empty(
                    "Its turns would be here.",
                    html.P(
                        ["It may lie further back: ", link("last 7 days", f"{visit.path}?range=7d"), "."],
                        className="muted",
                    ),
                ),
            )
        ),
    ]
