"""A call of the demo as a span: name, kind, attributes, events. What sends it (raw OTLP, the SDK) comes after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from spanwarden.demo.calls import Call
from spanwarden.demo.personal import Secret

Value = str | bool | int | float | list[str] | list[int]
Event = tuple[str, int, dict[str, str]]
INTERNAL, CLIENT = 1, 3
SESSION_NS = 2 * 3600 * 10**9

ERROR_MESSAGES = {
    "rate_limit_exceeded": "429 Too Many Requests: the tokens a minute of this model are used up",
    "server_error": "500 Internal Server Error: the server had an error while processing the request",
    "timeout": "the request was given up after its deadline",
    "connection_error": "the connection was reset by the peer",
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
    """Return the session: what a user does within two hours is one."""
    return f"s-{call.user:04d}-{call.start_ns // SESSION_NS:x}"
