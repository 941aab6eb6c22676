"""A correction of stored calls and their sums happens once, wherever it is cut short."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from storage import corrections
from storage.corrections import Correction, Step, change_calls
from storage.engine import Engine
from storage.errors import StoreUnavailable

DAY = date(2026, 11, 20)
FILL = """INSERT INTO llm_calls (timestamp, trace_id, span_id, tenant, service, model, operation, is_llm_call, status,
    input_tokens, output_tokens, cost_usd, duration_ms)
SELECT toDateTime64('2026-11-20 10:00:00', 9) + number * 60, 't', toString(number), 'default', 'shop',
    if(number % 3 = 0, 'a', 'b'), 'chat', 1, 'ok', 100, 10, 0.25, 5 FROM numbers(300)"""
CALLS = "SELECT count(), sum(is_llm_call), sum(input_tokens * is_llm_call), sum(cost_usd) FROM llm_calls"
SUMS = "SELECT sum(calls), sum(llm_calls), sum(input_tokens), sum(cost_usd) FROM calls_1m"
PAID = "SELECT sum(calls), sum(input_tokens), sum(cost_usd) FROM costs_1h"
# The plan, then two sums and the calls themselves, each noted once it is done.
WHOLE = 7
CHANGED = """SELECT *, toUInt8(0) AS new_is_llm_call, CAST(NULL, 'Nullable(Float64)') AS new_cost_usd FROM llm_calls
WHERE toDate(timestamp) = {day:Date} AND duplicate_of = '' AND span_id IN {ids:Array(String)}"""
UPDATE = """is_llm_call = 0, cost_usd = NULL, duplicate_of = 'other'
WHERE toDate(timestamp) = {day:Date} AND duplicate_of = '' AND span_id IN {ids:Array(String)}"""


def without(*ids: int) -> Correction:
    """Take calls out of the count."""
    name = "out-" + "-".join(map(str, ids))
    return Correction(
        name, "duplicates", change_calls(name, DAY, CHANGED, UPDATE, {"ids": [str(number) for number in ids]})
    )


@pytest.fixture
def filled(engine: Engine) -> Engine:
    engine.command(FILL)
    return engine


def test_a_changed_call_and_its_sums_agree(filled: Engine) -> None:
    assert filled.query(CALLS).rows == filled.query(SUMS).rows == [(300, 300, 30_000, 75.0)]
    corrections.apply(filled, without(0, 1, 2, 7))
    assert filled.query(CALLS).rows == filled.query(SUMS).rows == [(300, 296, 29_600, 74.0)]
    assert filled.query(PAID).rows == [(296, 29_600, 74.0)]
    filled.command("OPTIMIZE TABLE calls_1m FINAL")
    assert filled.query(SUMS).rows == [(300, 296, 29_600, 74.0)]
    one = "SELECT sum(llm_calls), sum(cost_usd) FROM calls_1m WHERE minute = '2026-11-20 10:07:00' AND model = 'b'"
    assert filled.query(one).rows == [(0, 0.0)]


def test_quantiles_of_a_corrected_minute_stay(filled: Engine) -> None:
    sketch = "SELECT quantilesDDMerge(0.01, 0.5, 0.9, 0.95, 0.99)(duration_sketch) FROM calls_1m"
    before = filled.query(sketch).rows
    corrections.apply(filled, without(*range(50)))
    assert filled.query(sketch).rows == before


class Cut(Engine):
    """An engine that is gone after so many statements that write, before or after the last of them took effect."""

    left = 10**9
    took_effect = True

    def _spend(self) -> bool:
        self.left -= 1
        if self.left < 0:
            raise StoreUnavailable("gone")
        return self.left == 0

    def command(
        self, sql: str, parameters: Mapping[str, object] | None = None, settings: Mapping[str, object] | None = None
    ) -> None:
        last = self._spend()
        if not last or self.took_effect:
            super().command(sql, parameters, settings)
        if last:
            raise StoreUnavailable("gone")

    def insert(self, table, rows, columns, *, token):  # type: ignore[no-untyped-def]
        last = self._spend()
        if not last or self.took_effect:
            super().insert(table, rows, columns, token=token)
        if last:
            raise StoreUnavailable("gone")


@pytest.mark.parametrize("took_effect", [True, False])
@pytest.mark.parametrize("statements", range(1, WHOLE + 1))
def test_cut_short_anywhere_it_is_finished_once(filled: Engine, statements: int, took_effect: bool) -> None:
    cut = Cut(filled.target)
    cut.left, cut.took_effect = statements, took_effect
    with pytest.raises(StoreUnavailable):
        corrections.apply(cut, without(3, 4))
    cut.close()
    finished = corrections.finish(filled)
    # Only a plan that never reached the store is lost, and then nothing else has been done either.
    planned = statements > 1 or took_effect
    ended = statements == WHOLE and took_effect
    assert finished == (["out-3-4"] if planned and not ended else [])
    expected = [(300, 298, 29_800, 74.5)] if planned else [(300, 300, 30_000, 75.0)]
    assert filled.query(CALLS).rows == filled.query(SUMS).rows == expected
    assert filled.query(PAID).rows == [(row[1], row[2], row[3]) for row in expected]
    assert corrections.finish(filled) == []
    assert filled.query(CALLS).rows == filled.query(SUMS).rows == expected


def test_the_next_correction_finishes_the_one_before(filled: Engine) -> None:
    cut = Cut(filled.target)
    cut.left = 2
    with pytest.raises(StoreUnavailable):
        corrections.apply(cut, without(3))
    cut.close()
    corrections.apply(filled, without(3, 4))
    assert filled.query(CALLS).rows == filled.query(SUMS).rows == [(300, 298, 29_800, 74.5)]


def test_nothing_to_do_writes_nothing(engine: Engine) -> None:
    corrections.apply(engine, Correction("empty", "duplicates", ()))
    assert engine.query("SELECT count() FROM corrections").rows == [(0,)]


def test_a_step_survives_being_written_down(filled: Engine) -> None:
    odd = Step("ALTER TABLE llm_calls UPDATE tags = {text:String} WHERE span_id = '5'", {"text": "it's \\ ü\n⟦x⟧"})
    corrections.apply(filled, Correction("odd", "test", (odd,)))
    assert filled.query("SELECT tags FROM llm_calls WHERE span_id = '5'").rows == [("it's \\ ü\n⟦x⟧",)]
