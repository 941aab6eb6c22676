"""A week of made-up traffic of one assistant with a fault, private data and unmarked outputs, for the pages to show."""

from __future__ import annotations

import json
import math
import random
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from dashboard.services import PolicyView
from storage.control.models import IncidentState, ReportRun
from storage.control.store import Control
from storage.engine import Engine

DAYS = 8
MODELS = (("gpt-4o", "openai", 900, 0.45), ("claude-sonnet-4", "anthropic", 1300, 0.35), ("llama-3.1-70b", "vllm", 650, 0.2))
REGIONS = ("eu-west-1", "us-east-1")
INJECTION = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
MARKDOWN = "![pixel](https://example.invalid/p.png) [link](javascript:window.hacked=1) **not bold**"
COMPONENT = json.dumps({"type": "Img", "namespace": "dash_html_components", "props": {"src": "https://example.invalid/p.png"}})
QUESTIONS = (
    "Where is my order? My address is ⟦email⟧.",
    "Summarise the contract for a colleague who has not read it.",
    "Which flights leave Lisbon on Friday after six?",
    "Explain the invoice of March, please.",
)
ANSWERS = (
    "Your order left the warehouse on Tuesday and arrives tomorrow before noon.",
    "The contract runs for two years and renews by itself unless one side gives notice three months before.",
    "Three flights leave after six: 18:20, 19:45 and 21:10. The 19:45 is the cheapest.",
    "The invoice has two lines: the plan, and the extra storage that was used from the 9th on.",
)
POLICIES = (
    PolicyView(
        "privacy-default", "Personal data is masked", "privacy", "enforce", "3", "9f2c" * 16, "high", "privacy team",
        "E-mail, card, IBAN, phone, IP and keys are replaced before anything is stored.", ("GDPR Art. 25", "GDPR Art. 32"),
    ),
    PolicyView(
        "llama-marked", "Outputs of llama are marked", "watermark", "enforce", "1", "41ab" * 16, "high", "ml platform",
        "Each output of llama-3.1-70b carries the Gumbel-max watermark.", ("AI Act Art. 50(2)",), ("llama-3.1-70b",),
    ),
    PolicyView(
        "hosted-declared", "Hosted models declare a mark", "watermark", "shadow", "1", "77d0" * 16, "medium", "ml platform",
        "Hosted APIs give neither key nor token ids; a declared scheme is recorded.", ("AI Act Art. 50(2)",),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Seeded:
    """What was planted, so that a test can look for it."""

    now: datetime
    incident_id: str
    odd_trace: str
    silent_trace: str


def seed(engine: Engine, control: Control, now: datetime | None = None, days: int = DAYS, a_minute: float = 1.2) -> Seeded:
    """Plant everything; ``now`` is when the traffic ends."""
    now = (now or datetime.now(UTC)).replace(microsecond=0)
    chance = random.Random(7)
    rows, bad, good = [], [], []
    for minute in range(days * 24 * 60):
        at = now - timedelta(minutes=days * 24 * 60 - minute)
        for _ in range(_arrivals(chance, a_minute * _daily(at))):
            rows += _trace(chance, at + timedelta(seconds=chance.uniform(0, 59)), now, bad, good)
    odd, silent = _id(chance, 16), _id(chance, 16)
    rows += _odd(chance, odd, now - timedelta(minutes=3)) + _silent(chance, silent, now - timedelta(minutes=2))
    columns = list(rows[0])
    for start in range(0, len(rows), 20_000):
        part = [[row[name] for name in columns] for row in rows[start : start + 20_000]]
        engine.insert("otel_traces", part, columns, token=f"seed-{now:%H%M%S}-{start}")
    incident = _incidents(engine, now, bad, good)
    _govern(engine, now)
    _control(control, now, incident)
    return Seeded(now, incident, odd, silent)


def _daily(at: datetime) -> float:
    return 0.55 + 0.45 * math.sin((at.hour + at.minute / 60 - 9) / 24 * 2 * math.pi)


def _arrivals(chance: random.Random, mean: float) -> int:
    limit, product, number = math.exp(-mean), chance.random(), 0
    while product > limit:
        product *= chance.random()
        number += 1
    return number


def _id(chance: random.Random, size: int) -> str:
    return chance.getrandbits(size * 8).to_bytes(size, "big").hex()


def _fault(at: datetime, now: datetime, model: str, region: str) -> bool:
    return model == "gpt-4o" and region == "eu-west-1" and now - at < timedelta(hours=3)


def _trace(chance: random.Random, at: datetime, now: datetime, bad: list[str], good: list[str]) -> Iterator[dict[str, Any]]:
    model, provider, typical, _ = chance.choices(MODELS, [one[3] for one in MODELS])[0]
    region = chance.choice(REGIONS)
    trace, session, user = _id(chance, 16), f"s-{chance.randrange(900)}", f"user-{chance.randrange(320)}"
    output = int(chance.lognormvariate(5.2, 0.5))
    factor = 2.4 if _fault(at, now, model, region) else 1.0
    first = typical * 0.35 * chance.lognormvariate(0, 0.25) * factor
    length = first + output * typical / 260 * chance.lognormvariate(0, 0.12) * factor
    failed = chance.random() < 0.012
    version = "v41" if now - at < timedelta(hours=3, minutes=10) else "v40"
    choice = chance.randrange(len(QUESTIONS))
    question, answer = QUESTIONS[choice], ANSWERS[choice]
    if len(bad) < 3 and factor > 1:
        bad.append(trace)
    if len(good) < 3 and model == "gpt-4o" and region == "us-east-1" and now - at < timedelta(hours=3):
        good.append(trace)
    common = {"user.id": user, "session.id": session}
    resource = {"service.name": "assistant", "service.version": version, "deployment.environment.name": "production", "cloud.region": region}
    root, tool, chat = (_id(chance, 8) for _ in range(3))
    wait = chance.uniform(40, 220)
    yield _span(trace, root, "", "invoke_agent concierge", "Internal", at, wait + length + 12, resource, {
        **common, "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "concierge", "gen_ai.conversation.id": session,
    })  # fmt: skip
    yield _span(trace, tool, root, "execute_tool search_orders", "Internal", at + timedelta(milliseconds=6), wait, resource, {
        **common, "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "search_orders",
        "gen_ai.tool.call.arguments": json.dumps({"customer": "⟦email⟧", "limit": 3}),
        "gen_ai.tool.call.result": json.dumps({"orders": [{"id": 4711, "state": "shipped"}]}),
    }, redactions={"email": 1})  # fmt: skip
    yield _span(trace, chat, root, f"chat {model}", "Client", at + timedelta(milliseconds=wait + 8), length, resource, {
        **common, "gen_ai.operation.name": "chat", "gen_ai.provider.name": provider, "gen_ai.request.model": model,
        "gen_ai.response.model": model, "gen_ai.usage.input_tokens": str(int(chance.lognormvariate(6.6, 0.4))),
        "gen_ai.usage.output_tokens": str(0 if failed else output), "gen_ai.response.finish_reasons": '["stop"]',
        "gen_ai.response.time_to_first_chunk": str(first / 1000), "gen_ai.request.stream": "true",
        "gen_ai.input.messages": json.dumps([
            {"role": "system", "parts": [{"type": "text", "content": "You are a helpful concierge. Answer in two sentences."}]},
            {"role": "user", "parts": [{"type": "text", "content": question}]},
            {"role": "assistant", "parts": [{"type": "tool_call", "id": "c1", "name": "search_orders", "arguments": {"customer": "⟦email⟧", "limit": 3}}]},
            {"role": "tool", "parts": [{"type": "tool_call_response", "id": "c1", "response": {"orders": [{"id": 4711, "state": "shipped"}]}}]},
        ], ensure_ascii=False),
        "gen_ai.output.messages": "[]" if failed else json.dumps([{"role": "assistant", "parts": [{"type": "text", "content": answer}], "finish_reason": "stop"}]),
        **({"error.type": chance.choice(("rate_limit", "timeout"))} if failed else {}),
    }, failed=failed, message="429 too many requests" if failed else "", redactions={"email": 2} if choice == 0 else {})  # fmt: skip


def _odd(chance: random.Random, trace: str, at: datetime) -> list[dict[str, Any]]:
    """A trace whose every text tries to be more than text."""
    span = _id(chance, 8)
    messages = [{"role": "user", "parts": [{"type": "text", "content": text}]} for text in (INJECTION, MARKDOWN, COMPONENT)]
    return [
        _span(trace, span, "", f"chat {INJECTION}", "Client", at, 950, {"service.name": INJECTION, "cloud.region": MARKDOWN}, {
            "gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o", "gen_ai.response.model": "gpt-4o",
            "gen_ai.input.messages": json.dumps(messages), "gen_ai.output.messages": COMPONENT,
            "user.id": INJECTION, "odd": COMPONENT, INJECTION: MARKDOWN, "gen_ai.usage.input_tokens": "7", "gen_ai.usage.output_tokens": "3",
        }, failed=True, message=INJECTION)  # fmt: skip
    ]


def _silent(chance: random.Random, trace: str, at: datetime) -> list[dict[str, Any]]:
    """A call of an app that captures no content."""
    return [
        _span(trace, _id(chance, 8), "", "chat gpt-4o", "Client", at, 870, {"service.name": "assistant", "service.version": "v41"}, {
            "gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o", "gen_ai.response.model": "gpt-4o",
            "gen_ai.usage.input_tokens": "120", "gen_ai.usage.output_tokens": "44",
        })  # fmt: skip
    ]


def _span(
    trace: str, span: str, parent: str, name: str, kind: str, at: datetime, ms: float, resource: Mapping[str, str],
    attributes: Mapping[str, str], *, failed: bool = False, message: str = "", redactions: Mapping[str, int] | None = None,
) -> dict[str, Any]:  # fmt: skip
    events: dict[str, list[Any]] = {"Timestamp": [], "Name": [], "Attributes": []}
    if failed:
        events = {"Timestamp": [at], "Name": ["exception"], "Attributes": [{"exception.type": "RateLimitError", "exception.message": message}]}
    return {
        "Timestamp": at, "TraceId": trace, "SpanId": span, "ParentSpanId": parent, "TraceState": "", "SpanName": name,
        "SpanKind": kind, "ServiceName": resource["service.name"], "ResourceAttributes": dict(resource), "ScopeName": "assistant",
        "ScopeVersion": "1", "SpanAttributes": dict(attributes), "Duration": int(ms * 1e6), "StatusCode": "Error" if failed else "Unset",
        "StatusMessage": message, **{f"Events.{key}": value for key, value in events.items()},
        "Links.TraceId": [], "Links.SpanId": [], "Links.TraceState": [], "Links.Attributes": [],
        "Tenant": "default", "BatchId": "seed", "IngestedAt": at, "Redactions": dict(redactions or {}),
        "RedactionPolicy": "privacy-default" if redactions else "", "PolicyDigest": "9f2c" * 16 if redactions else "",
        "TimeClamped": 0, "DroppedAttributesCount": 0, "DroppedEventsCount": 0, "DroppedLinksCount": 0, "Flags": 1, "SchemaUrl": "",
    }  # fmt: skip


def _incidents(engine: Engine, now: datetime, bad: list[str], good: list[str]) -> str:
    """The fault, as a detector would say it, and one of two days ago that is over."""
    start = now - timedelta(hours=3)
    scope = {"model": "gpt-4o", "region": "eu-west-1"}
    body = {
        "observed": 4200.0, "expected": 1750.0, "ratio": 2.4, "unit": "ms",
        "affected": {"calls": 61, "traces": 61, "users": 48, "sessions": 55},
        "causes": [
            {"slice": {"region": "eu-west-1"}, "share_explained": 0.86, "selection": 4200.0, "baseline": 1750.0},
            {"slice": {"service_version": "v41"}, "share_explained": 0.52, "selection": 2900.0, "baseline": 1800.0},
            {"slice": {"prompt_name": "concierge"}, "share_explained": 0.08, "selection": 1900.0, "baseline": 1780.0},
        ],
        "unexplained_share": 0.14, "exemplars": {"bad": bad, "good": good}, "finding_ids": ["f1", "f2"],
    }  # fmt: skip
    first, second = (str(uuid.uuid5(uuid.NAMESPACE_URL, name)) for name in ("one", "two"))
    columns = ["id", "tenant", "state", "severity", "signal", "title", "scope", "started_at", "detected_at", "peak_at", "ended_at", "body", "deleted", "version_ns"]
    over = {**body, "observed": 0.051, "expected": 0.012, "ratio": 4.3, "unit": "share", "causes": [], "exemplars": {"bad": [], "good": []}}
    rows = [
        [first, "default", "open", "critical", "latency", "p95 latency of gpt-4o in eu-west-1 is 2.4 times normal", scope,
         start, start + timedelta(minutes=3), start + timedelta(minutes=40), None, json.dumps(body), 0, 1],
        [second, "default", "resolved", "warning", "failures", "5.1 % of claude-sonnet-4 calls fail, 4.3 times normal", {"model": "claude-sonnet-4"},
         now - timedelta(hours=20), now - timedelta(hours=19, minutes=56), now - timedelta(hours=19, minutes=30), now - timedelta(hours=19), json.dumps(over), 0, 1],
    ]  # fmt: skip
    engine.insert("incidents", rows, columns, token=f"incidents-{now}")
    return first


def _govern(engine: Engine, now: datetime) -> None:
    """Decisions about llama's outputs, four in five of them marked; and the finding that says so."""
    columns = ["decision_id", "tenant", "at", "trace_id", "span_id", "service", "model", "policy_id", "version", "digest", "check_id",
               "stage", "action", "verdict", "reason", "severity", "entities", "score", "p_value", "tokens_scored", "evidence", "batch_id", "version_ns"]  # fmt: skip
    chance = random.Random(3)
    calls = engine.query(
        "SELECT TraceId, SpanId, Timestamp, SpanAttributes['gen_ai.request.model'] AS model FROM otel_traces"
        " WHERE model IN ('llama-3.1-70b', 'gpt-4o') AND Timestamp > now() - INTERVAL 1 DAY ORDER BY Timestamp DESC LIMIT 900"
    ).rows
    rows = []
    for trace, span, at, model in calls:
        policy = "llama-marked" if model.startswith("llama") else "hosted-declared"
        verdict = chance.choices(("present", "absent", "inconclusive"), (0.78, 0.17, 0.05))[0] if policy == "llama-marked" else chance.choice(("declared", "unverifiable"))
        p = {"present": 1e-9, "absent": 0.43, "inconclusive": 0.02}.get(verdict)
        rows.append([f"d-{span}", "default", at, trace, span, "assistant", model, policy, "1", "41ab" * 16, "gumbel", "load", "record", verdict,
                     "", "high", {}, 41.2 if p else None, p, 180 if p else 0, json.dumps({"scheme": "gumbel", "threshold": 0.001}), "seed", 1])  # fmt: skip
    engine.insert("policy_decisions", rows, columns, token=f"decisions-{now}")
    absent = next(row for row in rows if row[13] == "absent")
    names = ["id", "tenant", "kind", "source", "version", "signal", "scope", "at", "observed", "expected", "unit", "score", "threshold", "p_value", "explanation", "trace_id", "span_id", "version_ns"]  # fmt: skip
    finding = ["f-mark", "default", "policy", "llama-marked", "1", "watermark", {"policy": "llama-marked", "model": "llama-3.1-70b"}, now - timedelta(minutes=30),
               0.79, 0.95, "share", 6.1, 3.0, 2e-9, json.dumps({"absent": 31, "scored": 180}), absent[3], absent[4], 1]  # fmt: skip
    engine.insert("findings", [finding], names, token=f"findings-{now}")


def _control(control: Control, now: datetime, incident: str) -> None:
    with control.begin() as session:
        session.add(IncidentState(incident_id=incident, state="open", note="Rolled v41 back in us-east-1, eu-west-1 next.", author="ana", at=now - timedelta(minutes=50)))
        for number, status in enumerate(("done", "done", "failed")):
            day = now.replace(hour=0, minute=0, second=0) - timedelta(days=number)
            session.add(ReportRun(
                id=str(uuid.uuid5(uuid.NAMESPACE_URL, f"run{number}")), report="eu-ai-act", schedule="daily" if number else None,
                window_from=day - timedelta(days=1), window_to=day, due_at=day + timedelta(hours=6), started_at=day + timedelta(hours=6),
                finished_at=day + timedelta(hours=6, seconds=9), status=status, path="", digest="ab12" * 16 if status == "done" else "",
                error="" if status == "done" else "the store was restarting",
            ))  # fmt: skip
