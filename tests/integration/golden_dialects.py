"""Golden captures of instrumentations, and what the collector and the engine made of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from storage.engine import Engine
from tests.capture.expect import finished
from tests.capture.families import Family
from tests.integration.golden_bytes import Capture, read_logs, read_metrics, read_spans

GOLDEN = Path(__file__).parents[1] / "golden" / "dialects"
# The fields of a call in ``expected.json``.
FIELDS = """operation, provider, request_model, response_model, response_id, input_tokens, output_tokens,
    cache_read_tokens, reasoning_tokens, finish_reason, CAST(is_stream, 'Bool') AS is_stream, status,
    splitByChar('.', error_type)[-1] AS error_class"""
SUMS = """countIf(status = 'ok') AS answered, sum(input_tokens) AS input_tokens, sum(output_tokens) AS output_tokens,
    sum(cost_usd) AS cost_usd"""
COUNTED = "is_llm_call = 1 AND duplicate_of = ''"


@dataclass(frozen=True, slots=True)
class Golden:
    """One capture: its bytes, the server's record, the rows that it must become."""

    family: str

    @property
    def folder(self) -> Path:
        return GOLDEN / self.family

    @property
    def expected(self) -> dict[str, Any]:
        """Return ``expected.json``."""
        return json.loads((self.folder / "expected.json").read_text())

    @property
    def record(self) -> list[dict[str, Any]]:
        """Return ``server.json``."""
        return json.loads((self.folder / "server.json").read_text())

    @property
    def finished(self) -> list[dict[str, Any]]:
        """Return the exchanges of the server's record that are calls of their own, as the rows are."""
        return finished(self.record, Family(self.family).facts)

    def spans(self) -> Capture:
        """Return its spans."""
        return read_spans(self.folder)

    def logs(self) -> Capture:
        """Return its log records."""
        return read_logs(self.folder)

    def metrics(self) -> Capture:
        """Return its data points."""
        return read_metrics(self.folder)

    def calls(self, engine: Engine, fields: str = FIELDS, where: str = COUNTED) -> list[dict[str, Any]]:
        """Return its calls in order of time: the model calls that are counted, in the fields of ``expected.json``."""
        sql = f"SELECT {fields} FROM llm_calls WHERE ({where}) AND has({{traces:Array(String)}}, trace_id)"
        return engine.query(f"{sql} ORDER BY timestamp, duration_ms", {"traces": self.spans().traces}).dicts()

    def sums(self, engine: Engine) -> dict[str, Any]:
        """Return the sums over its calls that are counted, as in ``totals`` of ``expected.json``."""
        sql = f"SELECT {SUMS} FROM llm_calls WHERE {COUNTED} AND has({{traces:Array(String)}}, trace_id)"
        return engine.query(sql, {"traces": self.spans().traces}).dicts()[0]

    def named(self, engine: Engine, operation: str, column: str) -> list[str]:
        """Return the names of its tools or agents that ran, in order of time; those without a name are left out."""
        return [row[column] for row in self.calls(engine, column, f"operation = '{operation}' AND {column} != ''")]


def goldens() -> list[Golden]:
    """Return every capture."""
    return [Golden(folder.name) for folder in sorted(GOLDEN.iterdir()) if folder.is_dir()]


def differences(found: list[dict[str, Any]], expected: list[dict[str, Any]]) -> list[str]:
    """Return a line for each field that is not as the server's record says, and one for a wrong number of calls."""
    wrong = [f"{len(found)} calls, expected {len(expected)}"] if len(found) != len(expected) else []
    pairs = zip(found, expected, strict=False)
    return wrong + [
        f"call {number} ({theirs['operation']}): {field} is {ours[field]!r}, expected {value!r}"
        for number, (ours, theirs) in enumerate(pairs)
        for field, value in theirs.items()
        if ours[field] != value
    ]
