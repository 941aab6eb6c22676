"""Prices stored calls again by today's book: first what would change, then the change, once.

    calls of a day ─> repriced (a table: call -> new cost and line) ─> sums ─> llm_calls        one day after the other

A price in a mutation would be the whole book in one expression, so the new costs are worked out into a table first, by
the very steps that price a call while it is loaded, and the mutation looks them up. See ``storage/corrections.py`` for
what happens when it is killed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.resources import files
from string import Template

from storage.corrections import Correction, Step, apply, change_calls, one_correction_at_a_time
from storage.dictionaries import dictionary_source
from storage.engine import Engine
from storage.migrate import DURABLE
from storage.prices.book import PriceBook
from storage.prices.expression import STORED, priced

PRICED = Template(files("storage").joinpath("sql", "reprice", "priced.sql").read_text("utf-8"))
BY_MODEL = """SELECT provider, model, count() AS calls,
    sum(ifNull(cost_usd, 0)) AS old_usd, sum(computed_usd) AS new_usd, countIf(cost_usd IS NULL) AS unpriced_before
FROM ({priced}) GROUP BY provider, model ORDER BY abs(new_usd - old_usd) DESC, provider, model"""
DAYS = "SELECT DISTINCT toDate(timestamp) FROM ({priced}) ORDER BY 1"
KEY = "cityHash64(trace_id, span_id)"
COLUMNS = "id UInt64, usd Float64, line String, gpu UInt8"
EMPTY = f"CREATE OR REPLACE TABLE repriced ({COLUMNS}) ENGINE = MergeTree ORDER BY id"
DICTIONARY = f"""CREATE OR REPLACE DICTIONARY repriced_now ({COLUMNS})
PRIMARY KEY id {{source}} LIFETIME(0) LAYOUT(HASHED())"""
TABLE = """CREATE OR REPLACE TABLE repriced ENGINE = MergeTree ORDER BY id SETTINGS {durable} AS
SELECT {key} AS id, any(computed_usd) AS usd, any(computed_by) AS line, toUInt8(any(by_gpu)) AS gpu
FROM ({priced}) WHERE toDate(timestamp) = {{day:Date}} GROUP BY id"""
RELOAD = "SYSTEM RELOAD DICTIONARY {database}.repriced_now"
WHICH = """toDate(timestamp) = {{day:Date}} AND is_llm_call AND cost_source != 'reported' AND duplicate_of = ''
    AND dictHas('{database}.repriced_now', {key})"""
CHANGED = """SELECT *, is_llm_call AS new_is_llm_call, dictGet('{database}.repriced_now', 'usd', {key}) AS new_cost_usd
FROM llm_calls WHERE {which}"""
UPDATE = """cost_usd = dictGet('{database}.repriced_now', 'usd', {key}),
    cost_computed_usd = dictGet('{database}.repriced_now', 'usd', {key}),
    price_id = dictGet('{database}.repriced_now', 'line', {key}),
    cost_source = if(dictGet('{database}.repriced_now', 'gpu', {key}), 'gpu', 'computed')
WHERE {which}"""
CLEAR = ("DROP DICTIONARY IF EXISTS repriced_now", "DROP TABLE IF EXISTS repriced")


@dataclass(frozen=True, slots=True)
class Difference:
    """What repricing means for the calls of one model; costs in USD."""

    provider: str
    model: str
    calls: int
    old_usd: float
    new_usd: float
    unpriced_before: int


def differences(engine: Engine, book: PriceBook, start: datetime, end: datetime) -> list[Difference]:
    """Return what would change in ``[start, end)``, the largest difference first."""
    sql = BY_MODEL.format(priced=_priced(engine, book))
    return [Difference(**row) for row in engine.query(sql, _times(start, end)).dicts()]


def reprice(engine: Engine, book: PriceBook, start: datetime, end: datetime, now: datetime) -> list[Difference]:
    """Apply what ``differences`` says and return it. Raises StoreError; the rest is then done at the next start."""
    with one_correction_at_a_time():
        found = differences(engine, book, start, end)
        if found:
            # Not a step: on a server it holds the login, and a plan is kept.
            engine.command(EMPTY)
            engine.command(DICTIONARY.format(source=dictionary_source(engine, "repriced")))
            apply(engine, plan(engine, book, start, end, now))
    return found


def plan(engine: Engine, book: PriceBook, start: datetime, end: datetime, now: datetime) -> Correction:
    """Return the correction that prices ``[start, end)`` again; without steps when nothing differs."""
    id_ = f"reprice-{now.astimezone(UTC):%Y%m%dT%H%M%S%f}"
    priced = _priced(engine, book)
    days = [row[0] for row in engine.query(DAYS.format(priced=priced), _times(start, end)).rows]
    steps = [step for day in days for step in _of_a_day(engine, id_, day, priced, _times(start, end))]
    return Correction(id_, "reprice", (*steps, *map(Step, CLEAR)) if steps else ())


def _of_a_day(engine: Engine, id_: str, day: date, priced: str, times: dict[str, str]) -> Sequence[Step]:
    names = {"database": engine.target.database, "key": KEY}
    which = WHICH.format(**names)
    changed, update = CHANGED.format(which=which, **names), UPDATE.format(which=which, **names)
    return (
        Step(TABLE.format(key=KEY, priced=priced, durable=DURABLE), {**times, "day": day.isoformat()}),
        Step(RELOAD.format(**names)),
        *change_calls(id_, day, changed, update, {}),
    )


def _priced(engine: Engine, book: PriceBook) -> str:
    prices = priced(engine.target.database, book, STORED)
    text = "\n".join(line for line in PRICED.template.splitlines() if not line.startswith("--"))
    return Template(text).safe_substitute(price_before=prices.before, price_after=prices.after)


def _times(start: datetime, end: datetime) -> dict[str, str]:
    return {name: f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}" for name, at in (("from", start), ("to", end))}
