"""A store with calls to reprice, filled and counted in a process of its own: ``python -m ... fill|count PATH``."""

from __future__ import annotations

import json
import sys

from storage.engine import Engine
from storage.schema import prepare

DAYS, CALLS = 6, 60_000
FILL = """INSERT INTO llm_calls (timestamp, trace_id, span_id, tenant, service, provider, model, operation, is_llm_call,
    status, input_tokens, output_tokens, cost_usd, cost_source, duration_ms)
SELECT toDateTime64('2026-11-18 00:00:00', 9) + intDiv(number * {days:UInt32} * 86400, {calls:UInt32}), 't',
    toString(number), 'default', 'shop', 'own', 'house', 'chat', 1, 'ok', 1000, 100,
    if(number % 4 = 0, 1.0, 0.001), if(number % 4 = 0, 'reported', 'computed'), 5
FROM numbers({calls:UInt32})"""
COUNTS = {
    "calls": "SELECT count(), sum(cost_usd) FROM llm_calls",
    "calls_1m": "SELECT sum(calls), sum(cost_usd) FROM calls_1m",
    "costs_1h": "SELECT sum(calls), sum(cost_usd) FROM costs_1h",
    "repriced": "SELECT countIf(price_id != ''), sumIf(cost_usd, price_id != '') FROM llm_calls",
    "reported": "SELECT count(), sum(cost_usd) FROM llm_calls WHERE cost_source = 'reported'",
    "unfinished": "SELECT count(), 0 FROM (SELECT id FROM corrections GROUP BY id HAVING max(done) < max(total))",
}


def main(what: str, path: str) -> None:
    """Fill the store, or open it as any start does and print what it holds."""
    engine = Engine.open(f"chdb://{path}")
    prepare(engine)
    if what == "fill":
        engine.command(FILL, {"days": DAYS, "calls": CALLS})
    sys.stdout.write(
        json.dumps({name: [float(value or 0) for value in engine.query(sql).rows[0]] for name, sql in COUNTS.items()})
    )
    engine.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
