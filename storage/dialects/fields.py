"""The vocabulary of the dialect tables: where an instrumentation writes what, as data.

A dialect is a tuple of arms. An arm says: this key of a span holds this canonical field in this form. For each field
the first arm that is not empty wins, in the order of the registry and then of the dialect.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Form = Literal["text", "int", "float", "seconds", "bool", "first", "json"]
Source = Literal["span", "resource"]

# The canonical fields that arms may fill, with the form that each is read in when the arm names none.
FIELDS: dict[str, Form] = {
    "operation": "text",
    "provider": "text",
    "request_model": "text",
    "response_model": "text",
    "response_id": "text",
    "server_address": "text",
    "session_id": "text",
    "user_id": "text",
    "agent_name": "text",
    "workflow_name": "text",
    "tool_name": "text",
    "prompt_name": "text",
    "prompt_version": "text",
    "input_tokens": "int",
    "output_tokens": "int",
    "total_tokens": "int",
    "cache_read_tokens": "int",
    "cache_write_tokens": "int",
    "reasoning_tokens": "int",
    "cost_usd": "float",
    "ttft_ms": "seconds",
    "is_stream": "bool",
    "finish_reason": "first",
    "error_type": "text",
    "region": "text",
    "environment": "text",
    "service_version": "text",
    "declared_mark": "text",
    "content": "text",
}


@dataclass(frozen=True, slots=True)
class Arm:
    """``key`` holds ``field``. ``path`` is a dotted path in a JSON value; ``form`` overrides the field's own."""

    field: str
    key: str
    form: Form | None = None
    path: str = ""
    source: Source = "span"

    @property
    def reads(self) -> Form:
        """The form in which the value is written."""
        return self.form or FIELDS[self.field]


@dataclass(frozen=True, slots=True)
class Dialect:
    """A family of instrumentations: a name, what marks its spans, and its arms.

    ``keys``    span attributes that only this dialect writes.
    ``scopes``  prefixes of its instrumentation scopes' names.
    ``first_token_events`` names of events that mark the first token's arrival.
    """

    name: str
    keys: tuple[str, ...]
    scopes: tuple[str, ...]
    arms: tuple[Arm, ...]
    first_token_events: tuple[str, ...] = ()


def text_arms(field: str, *keys: str) -> tuple[Arm, ...]:
    """Arms of one field in the order of their keys, each in the field's own form."""
    return tuple(Arm(field, key) for key in keys)
