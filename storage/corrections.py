"""Changes of rows that are stored already, each exactly once whatever is killed meanwhile.

    plan (a durable row with every step) ─> step 1 ─> done 1 ─> step 2 ─> done 2 ─> ...

A step is one statement that changes nothing when it is run again: an INSERT carries a token, an UPDATE sets values that
follow from the row itself. ``finish`` runs what a crash has left, before anything is loaded and before prices or views
are replaced, so that a statement means what it meant when it was planned.

A changed call changes its sums: ``change_calls`` makes both of one change. The sums go first, from the rows as they
are; then the rows are updated, a day a step. Until a correction is done its ``$changed`` must keep finding the same
calls, so it selects by what is wrong with them (no mark yet, another price), which a call that is loaded meanwhile is
not.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from importlib.resources import files
from string import Template

from storage.engine import Engine
from storage.load import STEADY
from storage.tables.money import CORRECTIONS

# Sums of calls: each is brought up to date by rows of the same keys that hold differences.
SUMS = {
    table: Template(files("storage").joinpath("sql", "corrections", f"{table}.sql").read_text("utf-8"))
    for table in ("calls_1m", "costs_1h")
}
UNFINISHED = """SELECT c.id, any(c.kind), anyIf(c.steps, c.steps != ''), max(c.done)
FROM corrections AS c GROUP BY c.id HAVING max(c.done) < max(c.total) ORDER BY min(c.at)"""
# An UPDATE returns when every part is rewritten; its values come from a dictionary, which no replica changes meanwhile.
UPDATING: Mapping[str, str | int] = {
    "mutations_sync": 2,
    "allow_nondeterministic_mutations": 1,
    "max_execution_time": 0,
}
# One correction at a time: two that touch the same calls would each subtract what the other has subtracted.
_one_at_a_time = threading.RLock()


@dataclass(frozen=True, slots=True)
class Step:
    """One statement that may be run again: with ``token`` an INSERT, without one an UPDATE of absolute values."""

    sql: str
    parameters: Mapping[str, object] = field(default_factory=dict)
    token: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """What is to be run, in order. ``id`` is unique for ever: it names the tokens of the steps."""

    id: str
    kind: str
    steps: tuple[Step, ...]


def change_calls(
    correction: str, day: date, changed: str, update: str, parameters: Mapping[str, object], *, lightly: bool = False
) -> tuple[Step, ...]:
    """Return the steps that change calls of one day and their sums.

    ``changed`` is a SELECT of the calls to be changed: every column of ``llm_calls``, ``new_is_llm_call`` and
    ``new_cost_usd``. ``update`` is what follows ``ALTER TABLE llm_calls UPDATE``: assignments of absolute values, then
    WHERE with the same calls. ``parameters`` are JSON values and bound in both, beside ``{day:Date}``, which both use.
    ``lightly`` writes few rows beside the parts, in a hundredth of the time that rewriting a day's parts takes.
    """
    bound = {**parameters, "day": day.isoformat()}
    return (
        *(
            Step(sums.safe_substitute(changed=changed), bound, f"{correction}-{day.isoformat()}-{table}")
            for table, sums in SUMS.items()
        ),
        Step(f"UPDATE llm_calls SET {update}" if lightly else f"ALTER TABLE llm_calls UPDATE {update}", bound),
    )


def apply(engine: Engine, correction: Correction) -> None:
    """Write the correction down and run it. Raises StoreError; what is then left is run by ``finish``."""
    if not correction.steps:
        return
    with _one_at_a_time:
        _run_unfinished(engine)
        steps = json.dumps([asdict(step) for step in correction.steps])
        _note(engine, correction, 0, steps)
        _run(engine, correction, 0)


def finish(engine: Engine) -> list[str]:
    """Run what was begun and not ended; return the ids of those corrections."""
    with _one_at_a_time:
        return _run_unfinished(engine)


def one_correction_at_a_time() -> threading.RLock:
    """Return the lock to hold while it is worked out what to correct and until that is applied."""
    return _one_at_a_time


def _run_unfinished(engine: Engine) -> list[str]:
    left = engine.query(UNFINISHED).rows
    for id_, kind, steps, done in left:
        _run(engine, Correction(id_, kind, tuple(Step(**step) for step in json.loads(steps))), done)
    return [row[0] for row in left]


def _run(engine: Engine, correction: Correction, done: int) -> None:
    for number, step in enumerate(correction.steps[done:], start=done + 1):
        settings = {**STEADY, "insert_deduplication_token": step.token} if step.token else UPDATING
        engine.command(step.sql, step.parameters, _plain(settings))
        _note(engine, correction, number)


def _plain(settings: Mapping[str, object]) -> dict[str, object]:
    """Return settings as the client wants them; in a SETTINGS clause a text stands in quotes."""
    return {name: value.strip("'") if isinstance(value, str) else value for name, value in settings.items()}


def _note(engine: Engine, correction: Correction, done: int, steps: str = "") -> None:
    row = (correction.id, correction.kind, datetime.now(UTC), steps, len(correction.steps), done)
    engine.insert("corrections", [row], list(CORRECTIONS), token=f"{correction.id}-{done}")
