"""One span in full: what was said, its attributes, events, what policies decided, and all of it raw."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from dashboard.components.blocks import Child, badge, code, extra, facts, icon, link
from dashboard.components.speech import masked_text, silence, speech
from dashboard.components.verdicts import verdict_badge
from dashboard.format import count, duration, money, p_value
from dashboard.pages.page import Visit
from dashboard.read.conversation.fold import conversation
from dashboard.read.conversation.turns import Told
from dashboard.read.logs import told_by
from dashboard.read.span_shape import span_shape

TABS = (
    ("conversation", "Conversation"),
    ("attributes", "Attributes"),
    ("events", "Events"),
    ("policy", "Policy"),
    ("raw", "Raw"),
)
NO_EVENT = "No event and no log record belongs to this span."
# OpenTelemetry's severity numbers: from here on a record tells of a failure.
ERROR = 17
SPOKEN = (
    "gen_ai.input.messages",
    "gen_ai.output.messages",
    "gen_ai.system_instructions",
    "gen_ai.tool.call.arguments",
    "gen_ai.tool.call.result",
)


def span_detail(
    visit: Visit,
    row: Mapping[str, Any],
    call: Mapping[str, Any] | None,
    decided: Sequence[Mapping[str, Any]],
    records: Sequence[Mapping[str, Any]] = (),
) -> list[Child]:
    """Return the head and the five panels; the one that is shown is the viewer's choice and stays."""
    events = [Told(*one) for one in zip(row["event_names"], row["event_attributes"], strict=True)]
    panels = {
        "conversation": _conversation(row, call, events, told_by(records)),
        "attributes": _attributes(row),
        "events": [*_events(row), *_logs(row, records)] or [html.P(NO_EVENT, className="muted empty")],
        "policy": _policy(visit, row, decided),
        "raw": _raw(row, call, records),
    }
    numbers = {"events": len(events) + len(records), "policy": len(decided) + len(row["Redactions"])}
    return [
        _head(row, call),
        html.Div([_tab(name, words, numbers.get(name)) for name, words in TABS], className="pane-tabs", role="tablist"),
        *(
            html.Div(
                panel,
                className=f"panel panel-{name}",
                role="tabpanel",
                id=f"panel-{name}",
                tabIndex="0",
                **extra(aria_labelledby=f"tab-{name}"),
            )
            for name, panel in panels.items()
        ),
    ]


def _tab(name: str, words: str, number: int | None) -> html.Button:
    shown: Child = [words, html.Span(str(number), className="muted")] if number else words
    return html.Button(
        shown,
        className="pane-tab",
        type="button",
        role="tab",
        id=f"tab-{name}",
        **extra(data_tab=name, aria_controls=f"panel-{name}"),
    )


def _head(row: Mapping[str, Any], call: Mapping[str, Any] | None) -> html.Div:
    said: list[tuple[str, Child]] = [("Duration", duration(row["Duration"] / 1e6))]
    if call:
        said += _call_facts(call)
    said.append(("Span", code(row["SpanId"])))
    failed = row["StatusCode"] == "Error"
    message = html.P(
        [icon("warning"), html.Span(masked_text(row["StatusMessage"] or "failed"))],
        className="status-message tone-critical",
    )
    return html.Div(
        [
            html.H2(row["SpanName"] or "unnamed span", className="detail-title"),
            facts(*said),
            *([message] if failed else []),
        ]
    )


def _call_facts(call: Mapping[str, Any]) -> list[tuple[str, Child]]:
    ttft = call.get("ttft_ms")
    pairs: list[tuple[str, Child]] = [
        ("Model", call.get("model", "")),
        ("First token", duration(ttft) if ttft else ""),
        ("In", f"{count(call['input_tokens'])} tok" if call.get("input_tokens") is not None else ""),
        ("Out", f"{count(call['output_tokens'])} tok" if call.get("output_tokens") is not None else ""),
        ("Cost", money(call["cost_usd"]) if call.get("cost_usd") is not None and call.get("is_llm_call") else ""),
        ("Tool", call.get("tool_name", "")),
        ("Agent", call.get("agent_name", "")),
        ("Finished", call.get("finish_reason", "")),
    ]
    return [(name, value) for name, value in pairs if value]


def _conversation(
    row: Mapping[str, Any], call: Mapping[str, Any] | None, events: Sequence[Told], records: Sequence[Told]
) -> Child:
    turns = conversation(row["SpanAttributes"], events, records)
    return speech(turns) if turns else silence(str((call or {}).get("operation", "")))


def _attributes(row: Mapping[str, Any]) -> list[Child]:
    groups = (("Span", row["SpanAttributes"]), ("Resource", row["ResourceAttributes"]), ("Scope", _scope(row)))
    return [html.Div([html.H3(name), _pairs(found)], className="group") for name, found in groups if found]


def _scope(row: Mapping[str, Any]) -> dict[str, str]:
    told = {
        "name": row["ScopeName"],
        "version": row["ScopeVersion"],
        "span kind": row["SpanKind"],
        "trace state": row["TraceState"],
    }
    return {name: value for name, value in told.items() if value}


def _pairs(found: Mapping[str, str]) -> html.Dl:
    cells: list[Child] = []
    for name, value in sorted(found.items()):
        shown: Child = (
            html.Span("shown under Conversation", className="muted")
            if name in SPOKEN and len(value) > 400
            else masked_text(value)
        )
        cells.append(html.Div([html.Dt(name), html.Dd(shown)]))
    return html.Dl(cells, className="pairs")


def _events(row: Mapping[str, Any]) -> list[Child]:
    items = []
    for at, name, found in zip(row["event_times"], row["event_names"], row["event_attributes"], strict=True):
        tone = "critical" if name == "exception" else "quiet"
        head = html.Div(
            [
                badge(name, tone, "✗" if name == "exception" else "•"),
                html.Span(f"+{duration((at - row['start_ns']) / 1e6)}", className="muted"),
            ],
            className="event-head",
        )
        items.append(html.Li([head, _pairs(found)]))
    return [html.Ol(items, className="events")] if items else []


def _logs(row: Mapping[str, Any], records: Sequence[Mapping[str, Any]]) -> list[Child]:
    """Return the log records that the app wrote while the span was open."""
    items = []
    for one in records:
        failed = one["severity_number"] >= ERROR
        name = one["event_name"] or one["severity"] or "log"
        head = html.Div(
            [
                badge(name, "critical" if failed else "quiet", "✗" if failed else "•"),
                html.Span(f"+{duration((one['at_ns'] - row['start_ns']) / 1e6)}", className="muted"),
            ],
            className="event-head",
        )
        said = {"body": one["body"]} if one["body"] else {}
        items.append(html.Li([head, _pairs({**said, **one["attributes"]})]))
    return [html.H3("Log records"), html.Ol(items, className="events")] if items else []


def _policy(visit: Visit, row: Mapping[str, Any], decided: Sequence[Mapping[str, Any]]) -> list[Child]:
    parts: list[Child] = []
    if row["Redactions"]:
        masked = [
            html.Span([html.Span(f"⟦{kind}⟧", className="redacted"), f" ×{amount}"], className="masked-kind")
            for kind, amount in row["Redactions"].items()
        ]
        by = (
            link(row["RedactionPolicy"], visit.href("/policies", policy=row["RedactionPolicy"]))
            if row["RedactionPolicy"]
            else "a policy"
        )
        told: list[Child] = [html.P(["Masked before it was stored, by ", by, ":"]), html.Div(masked, className="chips")]
        if row["PolicyDigest"]:
            told.append(html.P(["Digest ", code(row["PolicyDigest"])], className="muted"))
        parts.append(html.Div(told, className="group"))
    parts += [_decision(visit, one) for one in decided]
    return parts or [html.P("No policy acted on this span.", className="muted empty")]


def _decision(visit: Visit, one: Mapping[str, Any]) -> html.Div:
    said: list[tuple[str, Child]] = [
        ("Check", f"{one['check_id']} at {one['stage']}"),
        ("p-value", p_value(one["p_value"])),
        ("Score", f"{one['score']:.4g}" if one["score"] is not None else ""),
        ("Tokens scored", str(one["tokens_scored"] or "")),
        ("Digest", code(one["digest"])),
        ("Decision", code(one["decision_id"])),
    ]
    head = html.Div(
        [link(one["policy_id"], visit.href("/policies", policy=one["policy_id"])), verdict_badge(one["verdict"])],
        className="event-head",
    )
    shown = [(name, value) for name, value in said if value and value != "–"]
    evidence = (
        [
            _pairs(
                {
                    key: json.dumps(value) if not isinstance(value, str) else value
                    for key, value in one["evidence"].items()
                }
            )
        ]
        if one["evidence"]
        else []
    )
    return html.Div(
        [head, facts(*shown), *([html.P(one["reason"], className="muted")] if one["reason"] else []), *evidence],
        className="group",
    )


def _raw(row: Mapping[str, Any], call: Mapping[str, Any] | None, records: Sequence[Mapping[str, Any]]) -> html.Div:
    shown = json.dumps(span_shape(row, call, records), ensure_ascii=False, indent=2)
    copy = html.Button([icon("copy"), "Copy"], className="button small", type="button", **extra(data_copy=shown))
    return html.Div([copy, html.Pre(html.Code(shown), tabIndex="0")], className="raw")
