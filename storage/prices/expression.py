"""The SQL by which a call is priced: the same text for a span that is being loaded and for a call that is stored.

    names ──> group, tokens ──> tier, time, size ──> line ──> USD

Each step is the columns of a SELECT of its own over the one before, since within a SELECT an alias that is used carries
its whole text into the name of what uses it: chains of them are analysed for longer than they take to run. How tokens
are counted is said in docs/cost.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import Template

from storage.literals import array, literal
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

NAMED = Template("dictGet('$database.price_names', 'model_group', cityHash64($provider, lower($model))) AS named_")
DESCRIBED = Template("""multiIf(named_ != 0 OR $model = '', named_,
    $groups[arrayMin(multiMatchAllIndices(concat($provider, '\\n', lower($model)), $patterns)) + 1]) AS group_,
    greatest(n_write, n_hour) AS n_written""")
# What is counted apart from the input may be more than the input: then the request is the sum of both.
REQUEST = Template("""if(n_read + n_written > n_input, n_input + n_read + n_written, n_input) AS n_request,
    group_ * $tiers + $tier AS price_schedule, toUInt32(toUnixTimestamp($at)) AS second_""")
# Cached tokens are text while there is text; what is thought or said is part of the output unless it is more than that.
SCHEDULE = Template("""second_ % 86400 AS clock_, bitShiftLeft(1, (intDiv(second_, 86400) + 3) % 7) AS weekday_,
    dictGet('$database.price_schedules', ('starts', 'since', 'until', 'days', 'above', 'lines'), price_schedule)
        AS schedule_,
    least(n_audio, n_request - n_written) AS n_heard,
    if(n_thought > n_output, n_output + n_thought, n_output) AS n_answer""")
LINE = """if(price_gpu != 0, price_gpu, schedule_.6[arrayLastIndex(
        (start, since, until, days, above) -> start <= second_ AND since <= clock_ AND clock_ < until
            AND bitAnd(days, weekday_) != 0 AND above < n_request,
        schedule_.1, schedule_.2, schedule_.3, schedule_.4, schedule_.5)]) AS price_line,
    n_request - n_written - n_heard AS n_text,
    least(n_said, n_answer - n_thought) AS n_spoken"""
PRICES = Template("""dictGet('$database.price_lines_now', ('price_id', $units), toUInt64(price_line)) AS price_,
    least(n_read, n_text) AS n_read_text""")
COST = Template("""if(price_line = 0 OR (n_known = 0 AND $hour = 0), NULL,
        ((n_text - n_read_text) * $input + n_read_text * $cache_read
        + (n_written - n_hour) * $cache_write + n_hour * $cache_write_1h
        + (n_heard - (n_read - n_read_text)) * $input_audio + (n_read - n_read_text) * $cache_audio_read
        + (n_answer - n_thought - n_spoken) * $output + n_spoken * $output_audio + n_thought * $output_reasoning) / 1e6
        + $request + $hour * $milliseconds / 3.6e6) AS computed_usd,
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


@dataclass(frozen=True, slots=True)
class Priced:
    """A SELECT of calls is put between ``before`` and ``after``, in brackets.

    What comes out has further columns: ``computed_usd`` Nullable(Float64), ``computed_by`` (the id of the price line,
    empty where none is known) and ``by_gpu``.
    """

    before: str
    after: str


def priced(database: str, book: PriceBook, names: Names) -> Priced:
    """Return the SQL that prices calls by a book that is in the store's dictionaries."""
    parts = {
        "database": database,
        "provider": names.provider,
        "model": names.model,
        "at": names.at,
        "milliseconds": names.milliseconds,
        "tiers": str(len(TIERS)),
        "tier": f"transform(lower({names.tier}), {array(list(WRITTEN))}, {list(WRITTEN.values())}, 0)",
        "patterns": array([pattern for pattern, _ in book.patterns]),
        "groups": f"[{', '.join(['0', *(str(group) for _, group in book.patterns)])}]",
        "units": ", ".join(literal(unit) for unit in UNITS),
        **{unit: f"price_.{place}" for place, unit in enumerate(UNITS, 2)},
    }
    steps = [
        ", ".join((NAMED.substitute(parts), _gpu(book, names), _known(names), *_counts(names))),
        DESCRIBED.substitute(parts),
        REQUEST.substitute(parts),
        SCHEDULE.substitute(parts),
        LINE,
        PRICES.substitute(parts),
        COST.substitute(parts),
        "if(computed_usd IS NULL, '', price_.1) AS computed_by",
    ]
    return Priced(" FROM (\n".join(f"SELECT *, {step}" for step in reversed(steps)) + " FROM", ")" * (len(steps) - 1))


def _known(names: Names) -> str:
    return f"coalesce({names.tokens['input_tokens']}, {names.tokens['output_tokens']}) IS NOT NULL AS n_known"


def _counts(names: Names) -> list[str]:
    return [f"greatest(toInt64(0), ifNull({names.tokens[field]}, 0)) AS {name}" for field, name in TOKENS.items()]


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
