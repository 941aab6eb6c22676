"""The SQL by which a call is priced: the same text for a span that is being loaded and for a call that is stored.

    names ──> group, tokens ──> tier, time, size ──> line ──> USD

Each step is the columns of a SELECT of its own over the one before: within a step every expression that uses a column
carries the column's text in its name. How tokens are counted is said in docs/cost.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Template

from storage.otlp import literal
from storage.prices.book import PriceBook
from storage.prices.line import TIERS, UNITS
from storage.prices.own import Gpu, glob_regex

# What an instrumentation writes for a tier -> the tier's place; anything else is standard.
WRITTEN = {"batch": 1, "flex": 2, "priority": 3, "fast": 3}
# Field of a call -> its name in the steps.
TOKENS = {
    "input_tokens": "n_input",
    "output_tokens": "n_output",
    "cache_read_tokens": "n_read",
    "cache_write_tokens": "n_write",
    "cache_write_1h_tokens": "n_hour",
    "audio_input_tokens": "n_audio",
    "audio_output_tokens": "n_said",
    "reasoning_tokens": "n_thought",
}

NAMED = Template("dictGet('$database.price_names', 'model_group', cityHash64($provider, lower($model)))")
DESCRIBED = Template("multiMatchAllIndices(concat($provider, '\\n', lower($model)), $patterns)")
# What is counted apart from the input may be more than the input: then the request is the sum of both.
LINE = Template("""n_read + greatest(n_write, n_hour) AS n_kept,
    if(n_kept > n_input, n_input + n_kept, n_input) AS n_request,
    toUInt32(toUnixTimestamp($at)) AS second_,
    second_ % 86400 AS clock_,
    bitShiftLeft(1, (intDiv(second_, 86400) + 3) % 7) AS weekday_,
    dictGet('$database.price_schedules', ('starts', 'since', 'until', 'days', 'above', 'lines'), price_schedule)
        AS schedule_,
    if(price_gpu != 0, price_gpu, schedule_.6[arrayLastIndex(
        (start, since, until, days, above) -> start <= second_ AND since <= clock_ AND clock_ < until
            AND bitAnd(days, weekday_) != 0 AND above < n_request,
        schedule_.1, schedule_.2, schedule_.3, schedule_.4, schedule_.5)]) AS price_line""")
# Cached tokens are text while there is text; what is thought or said is part of the output unless it is more than that.
COST = Template("""dictGet('$database.price_lines_now', ('price_id', $units), toUInt64(price_line)) AS price_,
    greatest(n_write, n_hour) AS n_written,
    least(n_audio, n_request - n_written) AS n_heard,
    n_request - n_written - n_heard AS n_text,
    least(n_read, n_text) AS n_read_text,
    if(n_thought > n_output, n_output + n_thought, n_output) AS n_answer,
    least(n_said, n_answer - n_thought) AS n_spoken,
    if(price_line = 0 OR (n_known = 0 AND $hour = 0), NULL,
        ((n_text - n_read_text) * $input + n_read_text * $cache_read
        + (n_written - n_hour) * $cache_write + n_hour * $cache_write_1h
        + (n_heard - (n_read - n_read_text)) * $input_audio + (n_read - n_read_text) * $cache_audio_read
        + (n_answer - n_thought - n_spoken) * $output + n_spoken * $output_audio + n_thought * $output_reasoning) / 1e6
        + $request + $hour * $milliseconds / 3.6e6) AS computed_usd,
    if(computed_usd IS NULL, '', price_.1) AS computed_by,
    $hour > 0 AS by_gpu""")


@dataclass(frozen=True, slots=True)
class Names:
    """SQL of what a call is priced by, where it lies; ``tokens`` maps fields of TOKENS to Nullable(Int64)."""

    provider: str
    model: str
    tier: str
    at: str
    milliseconds: str
    service: str
    server_address: str
    tokens: Mapping[str, str]


# A call as it is stored.
STORED = Names(
    "provider", "model", "service_tier", "timestamp", "duration_ms", "service", "server_address",
    {field: field for field in TOKENS},
)  # fmt: skip


def price_steps(database: str, book: PriceBook, names: Names) -> tuple[str, str, str]:
    """Return the columns of the three steps, the first over the call itself.

    The last gives ``computed_usd`` Nullable(Float64), ``computed_by`` (the id of the price line, empty where none is
    known) and ``by_gpu``.
    """
    parts = {
        "database": database,
        "at": names.at,
        "milliseconds": names.milliseconds,
        "units": ", ".join(literal(unit) for unit in UNITS),
        **{unit: f"price_.{place}" for place, unit in enumerate(UNITS, 2)},
    }
    counts = [
        f"greatest(toInt64(0), ifNull({names.tokens.get(field, 'NULL')}, 0)) AS {name}"
        for field, name in TOKENS.items()
    ]
    known = f"coalesce({names.tokens['input_tokens']}, {names.tokens['output_tokens']}) IS NOT NULL AS n_known"
    first = [_schedule(database, book, names), _gpu(book, names), known, *counts]
    return ",\n    ".join(first), LINE.substitute(parts), COST.substitute(parts)


def _schedule(database: str, book: PriceBook, names: Names) -> str:
    """Return SQL of the key of the schedule; a key that is not there has no lines."""
    texts = {"database": database, "provider": names.provider, "model": names.model}
    patterns = _array([literal(pattern) for pattern, _ in book.patterns])
    groups = _array(["0", *(str(group) for _, group in book.patterns)])
    described = DESCRIBED.substitute(texts, patterns=patterns)
    tier = f"transform(lower({names.tier}), {_array([literal(each) for each in WRITTEN])}, {list(WRITTEN.values())}, 0)"
    return (
        f"multiIf({names.model} = '', 0, {NAMED.substitute(texts)} AS named_group != 0, named_group,"
        f" {groups}[arrayMin({described}) + 1]) * {len(TIERS)} + {tier} AS price_schedule"
    )


def _gpu(book: PriceBook, names: Names) -> str:
    """Return SQL of the line that prices a call by its duration; 0 where none does. The last that matches wins."""
    numbers = {id_: number for id_, (number, _) in book.lines().items()}
    arms = [f"{_fits(gpu, names)}, {numbers[gpu.line.id]}" for gpu in reversed(book.gpus)]
    return f"{'multiIf(' + ', '.join([*arms, '0']) + ')' if arms else '0'} AS price_gpu"


def _fits(gpu: Gpu, names: Names) -> str:
    columns = {
        "provider": names.provider,
        "model": names.model,
        "service": names.service,
        "server_address": names.server_address,
    }
    conditions = [
        f"match(lower({columns[name]}), {literal(f'(?s)^{glob_regex(pattern)}$')})"
        for name, pattern in gpu.match.items()
        if pattern
    ]
    if gpu.line.valid_from:
        conditions.append(f"{names.at} >= toDateTime({int(gpu.line.valid_from.timestamp())}, 'UTC')")
    return " AND ".join(conditions)


def _array(items: Sequence[str]) -> str:
    return f"[{', '.join(items)}]"
