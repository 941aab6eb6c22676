"""A call of the demo as a span: name, kind, attributes, events. What sends it (raw OTLP, the SDK) comes after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from spanwarden.demo.calls import NONE, Call
from spanwarden.demo.company import EMPTY_SHARE, REASONING_MODELS
from spanwarden.demo.personal import Secret

Value = str | bool | int | float | list[str] | list[int]
Event = tuple[str, int, dict[str, str]]
INTERNAL, CLIENT = 1, 3
TEAMS = ("growth", "legal", "data-science", "platform", "support")
MOST_DOCUMENTS = 6
SESSION_NS = 2 * 3600 * 10**9

ERROR_MESSAGES = {
    "rate_limit_exceeded": "429 Too Many Requests: the tokens a minute of this model are used up",
    "server_error": "500 Internal Server Error: the server had an error while processing the request",
    "timeout": "the request was given up after its deadline",
    "connection_error": "the connection was reset by the peer",
    "tool_error": "the tool gave up: the service behind it did not accept the request",
}


@dataclass(frozen=True, slots=True)
class Span:
    """A span in plain values. ``events`` are (name, unix ns, attributes); ``error`` is the error type, '' for none."""

    name: str
    kind: int
    scope: str
    attributes: Mapping[str, Value]
    events: list[Event] = field(default_factory=list)
    error: str = ""

    @property
    def message(self) -> str:
        """The status message."""
        return ERROR_MESSAGES.get(self.error, "")


@dataclass(frozen=True, slots=True)
class Extras:
    """What some spans carry besides, by span id: a planted secret, the output's token ids."""

    secrets: Mapping[int, Secret]
    token_ids: Mapping[int, list[int]]


def user(call: Call) -> str:
    """Return the user's id."""
    return f"u-{call.user:04d}"


def session(call: Call) -> str:
    """Return the session: a conversation of its own, or else what a user does within two hours."""
    if call.session != NONE:
        return f"c-{call.session:012x}"
    return f"s-{call.user:04d}-{call.start_ns // SESSION_NS:x}"


def response_id(call: Call, repeats: bool = False) -> str:
    """Return the id of the model's answer: one that ``repeats`` the span around it has that one's."""
    return f"resp_{call.parent if repeats else call.span:016x}"


def reasoning_tokens(call: Call, model: str) -> int:
    """Return how many of the output's tokens the model thought with, 0 for one that does not."""
    return call.output_tokens * (30 + call.span % 45) // 100 if model in REASONING_MODELS else 0


def team(call: Call) -> str:
    """Return the team whose budget the user's calls are on."""
    return TEAMS[call.user * 7 % len(TEAMS)]


def api_key(call: Call) -> str:
    """Return the name of the key that the team's application uses: one for a person's tools, one for the rest."""
    return f"{team(call)}-{'desktop' if call.user % 3 == 0 else 'backend'}"


def documents(call: Call, source: str) -> list[tuple[str, float]]:
    """Return the (id, score) of what a search finds, best first; now and then nothing."""
    chance = call.span % 10_000
    if chance < EMPTY_SHARE.get(source, 0.03) * 10_000:
        return []
    best = 0.58 + (call.span >> 16) % 360 / 1000
    count = 1 + (call.span >> 32) % MOST_DOCUMENTS
    return [(f"{source}-{(call.span >> 8 * place) % 4000:04d}", round(best * 0.94**place, 3)) for place in range(count)]
