"""SQL of what is told from several signs together: the dialect, enums, who makes a model, where it runs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from storage.dialects.enums import MAKERS, NAMES, PROVIDERS, Enum, pairs
from storage.dialects.fields import Dialect
from storage.literals import array, listed, literal

# Dialects of inference servers: theirs is the server's side of a call, and a model's maker does not serve it there.
SERVING = ("vllm", "sglang", "dynamo", "llm_d", "triton")


def enum(value: str, table: Enum, more: Mapping[str, str], *, default: str | None = None) -> str:
    """Return SQL that maps what a dialect wrote to the canonical value; ``more`` of a dialect's own come first.

    Unknown values stay, or become ``default``.
    """
    meanings = dict(zip(*pairs(table), strict=True))
    meanings |= more
    if default is not None:
        meanings |= {name: name for name in (*table, "") if name not in meanings}
    written, meant = array(meanings), array(meanings.values())
    return (
        f"transform(lower({value}), {written}, {meant}, {f'lower({value})' if default is None else literal(default)})"
    )


def scope_number(dialects: Sequence[Dialect]) -> str:
    """Return SQL of the number of the scope's prefix, 1-based; 0 where it is none of a dialect's.

    A scope counts with what follows it after a dot, or a slash where it ends with one.
    """
    patterns = array(f"^{re.escape(scope)}{'' if scope.endswith('/') else '([.]|$)'}" for scope in _scopes(dialects))
    # Scopes are few: each is looked at once a block.
    return f"arrayMin(multiMatchAllIndices(toLowCardinality(ScopeName), {patterns}))"


def dialect_name(dialects: Sequence[Dialect], attributes: str = "mapKeys(SpanAttributes)") -> str:
    """Return SQL of the dialect that a span is written in: by ``scope_number`` AS scope_, else by its keys, else ''.

    ``attributes`` is SQL of the attributes' names. Of the keys' dialects the last wins, for many write OpenTelemetry's
    keys beside their own; the users' own come first in both.
    """
    scopes = [dialect.name for dialect in dialects for _ in dialect.scopes]
    ranked = {key: rank for rank, dialect in enumerate(_by_keys(dialects), 1) for key in dialect.keys}
    names = [dialect.name for dialect in _by_keys(dialects)]
    looked_up = f"transform(toString(k), {array(ranked)}, {list(ranked.values())}, {len(names) + 1})"
    rank = f"arrayMin(arrayPushBack(arrayMap(k -> {looked_up}, {attributes}), {len(names) + 1}))"
    return f"{array([*scopes, *names])}[if(scope_ > 0, scope_, {len(scopes)} + {rank})]"


def _scopes(dialects: Sequence[Dialect]) -> list[str]:
    return [scope for dialect in dialects for scope in dialect.scopes]


def _by_keys(dialects: Sequence[Dialect]) -> list[Dialect]:
    """The order in which keys tell the dialect; of equal keys the later one of this list counts."""
    own = [dialect for dialect in dialects if dialect.is_own]
    return [*own, *reversed([dialect for dialect in dialects if not dialect.is_own])]


def written() -> str:
    """Return SQL of what the span does as written, else as its name begins, else a call where tokens are counted.

    Steps of a request inside an inference server name no operation; what they say of it is kept all the same.
    """
    word = "lower(splitByChar(' ', SpanName)[1])"
    model = "(f_request_model != '' OR f_response_model != '')"
    return (
        "multiIf(f_operation != '', f_operation, empty(read_), '',"
        f" {model} AND {word} IN {listed(NAMES)}, {word},"
        " f_input_tokens IS NOT NULL AND f_output_tokens IS NOT NULL, 'chat',"
        f" dialect IN {listed(SERVING)}, 'other', '')"
    )


def provider(more: Mapping[str, str]) -> str:
    """Return SQL of who serves the model: as written, unless that is a framework, else by the model's name."""
    named = enum("f_provider", PROVIDERS, more)
    makers = ", ".join(
        f"({' OR '.join(f'startsWith(model_, {literal(start)})' for start in starts)}), {literal(maker)}"
        for maker, starts in MAKERS.items()
    )
    return f"multiIf(f_provider != '', {named}, model_ = '', '', dialect IN {listed(SERVING)}, '', {makers}, '')"


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
