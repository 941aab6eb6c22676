"""SQL of what is told from several signs together: the dialect, enums, who makes a model, where it runs."""

from __future__ import annotations

from collections.abc import Sequence

from storage.dialects.enums import MAKERS, NAMES, PROVIDERS, Enum, pairs
from storage.dialects.fields import Dialect
from storage.dialects.forms import array
from storage.otlp import literal

# Dialects of inference servers: theirs is the server's side of a call, and a model's maker does not serve it there.
SERVING = ("vllm", "sglang", "dynamo", "llm_d", "triton")


def enum(value: str, table: Enum, *, default: str | None = None) -> str:
    """Return SQL that maps what a dialect wrote to the canonical value; unknown values stay, or become ``default``."""
    written, meant = pairs(table)
    if default is None:
        return f"transform(lower({value}), {array(written)}, {array(meant)}, lower({value}))"
    known = [*written, *(name for name in table if name), ""]
    mean = [*meant, *(name for name in table if name), ""]
    return f"transform(lower({value}), {array(known)}, {array(mean)}, {literal(default)})"


def dialect_name(dialects: Sequence[Dialect]) -> str:
    """Return SQL of the dialect that a span is written in: by scope, else by its keys, else ''.

    A scope counts with what follows it after a dot, or a slash where it ends with one. Of the keys' dialects the
    last wins, for many write OpenTelemetry's keys beside their own; the users' own come first in both.
    """
    by_scope = [
        f"startsWith(scope_, {literal(scope if scope.endswith('/') else scope + '.')}), {literal(dialect.name)}"
        for dialect in dialects
        for scope in dialect.scopes
    ]
    ranked = {key: rank for rank, dialect in enumerate(_by_keys(dialects)) for key in dialect.keys}
    names = [dialect.name for dialect in _by_keys(dialects)]
    looked_up = f"transform(toString(k), {array(ranked)}, {list(ranked.values())}, {len(names)})"
    rank = f"arrayMin(arrayMap(k -> {looked_up}, mapKeys(SpanAttributes)))"
    by_key = f"if(empty(SpanAttributes), '', {array([*names, ''])}[{rank} + 1])"
    return f"multiIf({', '.join([*by_scope, by_key])})"


def _by_keys(dialects: Sequence[Dialect]) -> list[Dialect]:
    """The order in which keys tell the dialect; of equal keys the later one of this list counts."""
    own = [dialect for dialect in dialects if dialect.is_own]
    return [*own, *reversed([dialect for dialect in dialects if not dialect.is_own])]


def written() -> str:
    """Return SQL of what the span does as written, else as its name begins, else a call where tokens are counted."""
    word = "lower(splitByChar(' ', SpanName)[1])"
    model = "(f_request_model != '' OR f_response_model != '')"
    return (
        "multiIf(f_operation != '', f_operation, empty(read_), '',"
        f" {model} AND {word} IN ({', '.join(map(literal, NAMES))}), {word},"
        " f_input_tokens IS NOT NULL AND f_output_tokens IS NOT NULL, 'chat', '')"
    )


def provider() -> str:
    """Return SQL of who serves the model: as written, unless that is a framework, else by the model's name."""
    named = enum("f_provider", PROVIDERS)
    makers = ", ".join(
        f"({' OR '.join(f'startsWith(model_, {literal(start)})' for start in starts)}), {literal(maker)}"
        for maker, starts in MAKERS.items()
    )
    serving = ", ".join(map(literal, SERVING))
    return f"multiIf(f_provider != '', {named}, model_ = '', '', dialect IN ({serving}), '', {makers}, '')"


def model_region(host: str) -> str:
    """Return SQL of the region that a cloud's host name says."""
    patterns = (
        r"^bedrock-runtime\.([a-z0-9-]+)\.amazonaws\.com",
        r"^([a-z0-9-]+)-aiplatform\.googleapis\.com",
        r"^[^.]+\.([a-z0-9-]+)\.inference\.ai\.azure\.com",
    )
    ends = (".amazonaws.com", "-aiplatform.googleapis.com", ".inference.ai.azure.com")
    cases = ", ".join(
        f"endsWith({host}, {literal(end)}), extract({host}, {literal(pattern)})"
        for end, pattern in zip(ends, patterns, strict=True)
    )
    return f"multiIf({cases}, '')"
