"""The vocabulary of the dialect tables: where an instrumentation writes what, as data.

A dialect is a tuple of arms. An arm says: this key of a span holds this canonical field in this form. For each field
the first arm that is not empty wins: by its rank, then in the order of the registry and of the dialect.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["text", "int", "float", "bool"]
# How a value is written.
FORMS = {
    "plain": "as it is",
    "json": "at a path in a JSON value",
    "json_length": "the length of a JSON list",
    "json_sum": "the sum of a JSON object's numbers whose keys contain the path",
    "json_host": "the host of an address at a path in a JSON value",
    "first": "the first of a JSON list, or the text itself",
    "quoted": "a text in JSON's quotes, or as it is",
    "seconds": "seconds, kept as milliseconds",
    "since_start": "an ISO time, kept as milliseconds since the span's start",
    "repr": "the number at a key in Python's repr",
    "host": "the host of an address",
    "failure": "the exception or HTTP status that a message begins with",
}
Form = Literal[
    "plain",
    "json",
    "json_length",
    "json_sum",
    "json_host",
    "first",
    "quoted",
    "seconds",
    "since_start",
    "repr",
    "host",
    "failure",
]
Source = Literal["span", "resource", "event"]


@dataclass(frozen=True, slots=True)
class Field:
    """A canonical field: what kind of value, what it means.

    ``signed`` numbers may be negative.
    """

    kind: Kind
    meaning: str
    signed: bool = False


@dataclass(frozen=True, slots=True)
class Arm:
    """``key`` holds ``field``.

    ``form``    how the value is written; ``path`` is the dotted path in a JSON value (an array's index is 1-based
                there, as ``[1]``), or the key within ``json_sum`` and ``repr``.
    ``source``  whose attribute it is; an ``event`` arm names the event.
    ``scope``   the arm counts only under this instrumentation scope; ``values`` only when the lower-cased value is
                one of these.
    ``rank``    lower is asked earlier, whatever the dialect.
    """

    field: str
    key: str
    form: Form = "plain"
    path: str = ""
    source: Source = "span"
    event: str = ""
    scope: str = ""
    values: tuple[str, ...] = ()
    rank: int = 0

    @property
    def reads(self) -> tuple[str, str, str, tuple[str, ...]]:
        """What two arms must share to be read as one."""
        return self.form, self.path, self.scope, self.values


@dataclass(frozen=True, slots=True)
class Dialect:
    """A family of instrumentations: a name, what marks its spans, and its arms.

    ``keys``    span attributes that only this dialect writes.
    ``scopes``  its instrumentation scopes' names, or what these start with before a dot.
    ``content`` attributes that hold prompts, answers and other text of the conversation.
    ``known``   further keys that it writes and that no column needs; a star stands for any rest.
    ``first_token_events`` names of events that mark the first token's arrival.
    ``is_own``  a user's, not shipped: it is asked first.
    ``operations``, ``providers``, ``finish_reasons`` what it writes, lower-cased -> the canonical value, where the
    tables of all dialects do not have it.
    """

    name: str
    title: str
    keys: tuple[str, ...]
    scopes: tuple[str, ...]
    arms: tuple[Arm, ...]
    content: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    first_token_events: tuple[str, ...] = ()
    is_own: bool = False
    operations: Mapping[str, str] = field(default_factory=dict)
    providers: Mapping[str, str] = field(default_factory=dict)
    finish_reasons: Mapping[str, str] = field(default_factory=dict)


def arms(
    name: str, *keys: str, form: Form = "plain", path: str = "", rank: int = 0, source: Source = "span"
) -> tuple[Arm, ...]:
    """Arms of one field in the order of their keys, all in one form."""
    return tuple(Arm(name, key, form, path, source, rank=rank) for key in keys)


def bag(key: str, rank: int = 0, form: Form = "json", **paths: str | tuple[str, ...]) -> tuple[Arm, ...]:
    """Arms of one attribute that holds a JSON object: field = its path, or paths in order."""
    return tuple(
        Arm(name, key, form, path, rank=rank)
        for name, given in paths.items()
        for path in ((given,) if isinstance(given, str) else given)
    )


FIELDS: dict[str, Field] = {
    "operation": Field("text", "what the span does"),
    "provider": Field("text", "who serves the model"),
    "request_model": Field("text", "the model that was asked for"),
    "response_model": Field("text", "the model that answered"),
    "response_id": Field("text", "the id of the answer, or of the request at a server"),
    "server_address": Field("text", "the host that was called"),
    "server_port": Field("int", "its port"),
    "session_id": Field("text", "the conversation"),
    "user_id": Field("text", "who asked, as the application names them"),
    "team": Field("text", "the team that pays"),
    "api_key": Field("text", "hash or alias of the gateway's key, never the key"),
    "agent_name": Field("text", "the agent"),
    "agent_id": Field("text", "its id"),
    "agent_version": Field("text", "its version"),
    "workflow_name": Field("text", "the workflow, chain or function around"),
    "prompt_name": Field("text", "the managed prompt"),
    "prompt_version": Field("text", "its version"),
    "tags": Field("text", "tags, as written"),
    "environment": Field("text", "production, staging, ..."),
    "service_version": Field("text", "release of the service"),
    "region": Field("text", "where the caller runs"),
    "input_tokens": Field("int", "tokens of the prompt, cached ones included"),
    "output_tokens": Field("int", "tokens of the answer, reasoning included"),
    "total_tokens": Field("int", "both"),
    "cache_read_tokens": Field("int", "prompt tokens read from the provider's cache"),
    "cache_write_tokens": Field("int", "prompt tokens written to the provider's cache"),
    "cache_write_1h_tokens": Field("int", "of these, for an hour"),
    "reasoning_tokens": Field("int", "tokens of hidden reasoning, part of the output"),
    "audio_input_tokens": Field("int", "audio tokens of the prompt"),
    "audio_output_tokens": Field("int", "audio tokens of the answer"),
    "cost_usd": Field("float", "cost as reported"),
    "cost_input_usd": Field("float", "reported cost of the prompt"),
    "cost_output_usd": Field("float", "reported cost of the answer"),
    "service_tier": Field("text", "the provider's tier (default, flex, priority, batch)"),
    "system_fingerprint": Field("text", "the provider's configuration"),
    "response_cache_hit": Field("bool", "a gateway answered from its cache"),
    "ttft_ms": Field("float", "time to the first token"),
    "queue_ms": Field("float", "time in the server's queue"),
    "prefill_ms": Field("float", "time to read the prompt"),
    "decode_ms": Field("float", "time to write the answer"),
    "inference_ms": Field("float", "time in the model"),
    "e2e_ms": Field("float", "the whole request, as the server or the client measured it"),
    "tokens_per_second": Field("float", "output speed as reported; gives tpot_ms"),
    "is_stream": Field("bool", "the answer was streamed"),
    "finish_reason": Field("text", "why the answer ended"),
    "error_type": Field("text", "type of the failure"),
    "http_status": Field("int", "HTTP status of the failure"),
    "resend_count": Field("int", "resends within the request"),
    "tool_name": Field("text", "the tool"),
    "tool_call_id": Field("text", "id of the tool call"),
    "tool_type": Field("text", "function, extension, datastore"),
    "retrieval_documents": Field("int", "documents found"),
    "retrieval_top_k": Field("int", "documents asked for"),
    "retrieval_top_score": Field("float", "score of the first document", signed=True),
    "data_source": Field("text", "index or collection that was searched"),
    "embedding_dimensions": Field("int", "length of the vectors"),
    "mcp_method": Field("text", "method of the Model Context Protocol"),
    "mcp_session_id": Field("text", "its session"),
    "guardrail_name": Field("text", "the guardrail"),
    "guardrail_status": Field("text", "what it decided"),
    "evaluation_name": Field("text", "the evaluation"),
    "evaluation_score": Field("float", "its score", signed=True),
    "evaluation_label": Field("text", "its verdict"),
    "declared_mark": Field("text", "the mark that the application says it put into its output"),
}
