"""The rows that a family's calls must become: from the server's own record and what is known of the family."""

from __future__ import annotations

from typing import Any

from tests.capture.answers import Json
from tests.capture.families import Family

# How the clients name a refused or failed request; a family with names of its own says so in its facts.
ERRORS = {"400": "BadRequestError", "429": "RateLimitError", "500": "InternalServerError"}

RETRIED = (429, 500)
# USD for a million tokens: input, cached input, output. Their lines in tests/data/priced_calls.csv say whence.
PRICES = {
    "gpt-4o-mini": (0.15, 0.075, 0.60),
    "gpt-4o": (2.50, 1.25, 10.00),
    "gpt-4o-mini-2024-07-18": (0.15, 0.075, 0.60),
    "gpt-4o-2024-08-06": (2.50, 1.25, 10.00),
    "text-embedding-3-small": (0.02, 0.02, 0.0),
}
# What a field is when the instrumentation does not send it; a text is then empty.
NUMBERS = ("input_tokens", "output_tokens", "cache_read_tokens", "reasoning_tokens")
# What is asked of an MCP server; the drive itself says it, for no model server has a part in it.
ASKED = {"mcp_method": "", "operation": "", "tool_name": "", "prompt_name": "", "status": "ok"}
EMPTY: Json = dict.fromkeys(NUMBERS) | {"is_stream": False}


def expected(family: Family, record: list[Json]) -> Json:
    """What must be stored: calls in order of time, tools, agents, and the server's sums."""
    facts = family.facts
    rows = [row(exchange, facts) for exchange in finished(record, facts)]
    return {
        "family": family.name,
        "packages": family.packages(),
        "dialects": facts["dialects"],
        "calls": rows,
        "tools": tools(record) if facts.get("tool_spans") else [],
        "agents": facts.get("agents", []),
        "asked": [ASKED | asked for asked in facts.get("asked", [])],
        "absent": facts.get("absent", []),
        "instead": facts.get("instead", []),
        "own": facts.get("own", []),
        "untraced": facts.get("untraced", []),
        "totals": {
            "answered": sum(one["status"] == "ok" for one in rows),
            "input_tokens": sum(one["input_tokens"] or 0 for one in rows),
            "output_tokens": sum(one["output_tokens"] or 0 for one in rows),
            "cost_usd": round(sum(cost(one) for one in rows), 12),
        },
    }


def cost(call: Json) -> float:
    """What the provider asks for a call (USD) by its own price list, for the tokens that the instrumentation tells."""
    fresh, cached, output = PRICES[call["request_model"]]
    read = call["cache_read_tokens"] or 0
    tokens = ((call["input_tokens"] or 0) - read) * fresh + read * cached + (call["output_tokens"] or 0) * output
    return float(tokens) / 1e6


def finished(record: list[Json], facts: Json) -> list[Json]:
    """The last request of each call that is traced: its client retries, within one span, what could not be served."""
    calls: list[Json] = []
    for exchange in record:
        if exchange["asked"]["api"] in facts.get("untraced", []):
            continue
        again = calls and calls[-1]["answered"]["status"] in RETRIED and _same_text(calls[-1], exchange)
        if again and not facts.get("a_span_an_attempt"):
            calls.pop()
        calls.append(exchange)
    return calls


def _same_text(one: Json, other: Json) -> bool:
    return bool(one["asked"]["text"] == other["asked"]["text"])


def row(exchange: Json, facts: Json) -> Json:
    """One call in the canonical fields; a number that was not answered is null, a text is empty."""
    asked, answered = exchange["asked"], exchange["answered"]
    usage = answered.get("usage", {})
    known: dict[str, Any] = usage if usage.get("sent") else {}
    failed = answered["status"] != 200
    call = {
        "operation": asked["operation"],
        "provider": facts.get("provider", "openai"),
        "request_model": asked["model"],
        "response_model": answered.get("model", ""),
        "response_id": answered.get("id", ""),
        "input_tokens": known.get("input_tokens"),
        "output_tokens": known.get("output_tokens"),
        "cache_read_tokens": known.get("cached_tokens"),
        "reasoning_tokens": known.get("reasoning_tokens"),
        "finish_reason": answered.get("finish_reason", ""),
        "is_stream": asked["stream"],
        "status": "error" if failed else "ok",
        "error_class": (ERRORS | facts.get("errors", {}))[str(answered["status"])] if failed else "",
    }
    traits = {asked["operation"], asked["api"], "stream" if asked["stream"] else "plain", call["status"]}
    own = {rule["field"] for rule in facts.get("own", []) if traits.issuperset(rule.get("of", []))}
    told = call | told_otherwise(call, facts, traits)
    return {field: value for field, value in told.items() if field not in own}


def told_otherwise(call: Json, facts: Json, traits: set[str]) -> Json:
    """The fields that the instrumentation does not send of such a call, and those where it sends something else.

    A rule is about all calls that have what its ``of`` names: an operation, an API, ``stream`` or ``plain``, ``error``
    or ``ok``.
    """
    absent, instead = (
        [rule for rule in facts.get(kind, []) if traits.issuperset(rule.get("of", []))]
        for kind in ("absent", "instead")
    )
    return {rule["field"]: EMPTY.get(rule["field"], "") for rule in absent} | {
        rule["field"]: call[rule["from"]] if "from" in rule else rule["value"] for rule in instead
    }


def tools(record: list[Json]) -> list[str]:
    """The tools that ran: calls that the server asked for and whose results it was given."""
    asked = {call["id"]: call["name"] for e in record for call in e["answered"].get("tool_calls", [])}
    ran = dict.fromkeys(result for e in record for result in e["asked"]["tool_results"])
    return [asked[result] for result in ran]
