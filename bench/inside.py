"""In one process, without sockets: what the load costs by step, and the floor that no load of these rows can beat.

    python -m bench.inside --shape even --policies shipped|off --mib 64 --repeat 4

The floor: the very rows that the load has stored, written out in ClickHouse's Native format and inserted from there
into the same tables with the same views, settings and syncs, a file a segment, two threads at a time as the loader has
them. A step's cost is the difference that leaving it out makes, each the least CPU of ``repeat`` runs. Prints one JSON
object.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.sender import SHAPES, TEMPLATES
from collector.segment import encode_record
from policies.bundle import build_redaction
from policies.load import load_policies
from storage.engine import Engine
from storage.literals import literal
from storage.load import STEADY, TraceLoad
from storage.otlp import decode_settings, segment_source
from storage.redaction import NONE, Redaction
from storage.schema import prepare
from storage.tables.traces import OTEL_TRACES

MIB = 1024 * 1024
THREADS = 2
ROLLUPS = (
    "privacy_decisions_view",
    "redactions_1m_view",
    "spans_1m_view",
    "errors_1m_view",
    "calls_1m_view",
    "costs_1h_view",
)
# What types a call, the last first: the row, its price, the dialect tables.
CHAIN = ("llm_calls_view", "priced_spans_view", "typed_spans_view")


class Inside:
    """One embedded store with one segment before it."""

    def __init__(self, folder: Path, shape: str, mib: int, redaction: Redaction) -> None:
        self.folder = folder
        self.redaction = redaction
        self.engine = Engine.open(f"chdb://{folder / 'chdb'}")
        prepare(self.engine)
        self.engine.command("SYSTEM STOP MERGES")
        self.segment = folder / "a.seg"
        self.spans = self._write(shape, mib * MIB)
        self._number = 0

    def _write(self, shape: str, size: int) -> int:
        templates = SHAPES[shape](TEMPLATES[shape])
        now, spans, number = time.time_ns(), 0, 0
        with self.segment.open("wb") as file:
            while file.tell() < size:
                template = templates[number % len(templates)]
                body = template.fresh(number, now)
                file.write(encode_record(now + number, "default", now, template.spans, body))
                spans, number = spans + template.spans, number + 1
        return spans

    def decode(self) -> None:
        """Decode and throw away."""
        self.engine.query(
            f"SELECT sum(length(request.resource_spans)) FROM {segment_source(self.segment)}"
            f" SETTINGS max_threads = 1, {decode_settings()}"
        )

    def lay_out(self, redaction: Redaction) -> None:
        """Do all that the statement does but for storing."""
        columns = ", ".join(f"`{name}` {kind}" for name, kind in OTEL_TRACES.items())
        target = f"INSERT INTO FUNCTION null({literal(columns)})\nWITH"
        self._run(redaction, lambda sql: target + sql.split("\nWITH", 1)[1])

    def load(self, redaction: Redaction) -> None:
        """Run the load's own statement."""
        self._run(redaction, lambda sql: sql)

    def _run(self, redaction: Redaction, change: Callable[[str], str]) -> None:
        self._number += 1
        name = f"batch-{self._number}"
        statement = TraceLoad(self.engine, redaction).statement(self.segment, name, name)
        self.engine.command(change(statement.sql), statement.parameters, statement.settings)

    def least(self, work: Callable[[], None], repeat: int) -> float:
        """Return the least CPU of ``repeat`` runs, in microseconds a span."""
        spent = []
        for _ in range(repeat):
            before = _cpu()
            work()
            spent.append(_cpu() - before)
        return min(spent) / self.spans * 1e6

    def steps(self, repeat: int) -> dict[str, float]:
        """Return CPU microseconds a span of each step of the load."""
        decode = self.least(self.decode, repeat)
        plain = self.least(lambda: self.lay_out(NONE), repeat)
        redacted = self.least(lambda: self.lay_out(self.redaction), repeat) if self.redaction.tokens else plain
        full = self.least(lambda: self.load(self.redaction), repeat)
        for view in ROLLUPS:
            self.engine.command(f"DROP VIEW {view}")
        without_rollups = self.least(lambda: self.load(self.redaction), repeat)
        without = {}
        for view in CHAIN:
            self.engine.command(f"DROP VIEW {view}")
            without[view] = self.least(lambda: self.load(self.redaction), repeat)
        found = {
            "decode": decode,
            "text_and_layout": plain - decode,
            "redaction": redacted - plain,
            "otel_traces": without["typed_spans_view"] - redacted,
            "dialects": without["priced_spans_view"] - without["typed_spans_view"],
            "prices": without["llm_calls_view"] - without["priced_spans_view"],
            "llm_calls": without_rollups - without["llm_calls_view"],
            "rollups_and_decisions": full - without_rollups,
            "whole_statement": full,
        }
        return {name: round(value, 2) for name, value in found.items()}

    def floor(self, repeat: int) -> dict[str, float]:
        """Insert the same rows from Native; return spans a second and CPU microseconds a span, merges included."""
        self.load(self.redaction)
        native = self.folder / "rows.native"
        self.engine.command(
            f"INSERT INTO FUNCTION file({literal(str(native))}, 'Native')"
            " SELECT * FROM otel_traces WHERE BatchId = {batch:String}",
            {"batch": f"batch-{self._number}"},
        )
        bare = self.engine.sibling("floor")
        prepare(bare)
        bare.command("SYSTEM START MERGES")
        before, began = _cpu(), time.monotonic()
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(lambda number: _insert(bare, native, number), range(repeat * THREADS)))
        seconds = time.monotonic() - began
        _wait_merged(bare)
        spans = self.spans * repeat * THREADS
        return {
            "stored_spans_per_s": round(spans / seconds),
            "cpu_us_per_span": round((_cpu() - before) / spans * 1e6, 2),
            "spans": spans,
        }


def _insert(engine: Engine, native: Path, number: int) -> None:
    settings = ", ".join(f"{name} = {value}" for name, value in STEADY.items())
    columns = ", ".join(f"`{name}`" for name in OTEL_TRACES)
    engine.command(
        f"INSERT INTO otel_traces ({columns}) SELECT {columns} FROM file({literal(str(native))}, 'Native')"
        f" SETTINGS {settings}, insert_deduplication_token = {literal(f'floor-{number}')}"
    )


def _wait_merged(engine: Engine, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    quiet = 0
    while quiet < 5 and time.monotonic() < deadline:
        quiet = 0 if engine.query("SELECT count() FROM system.merges").rows[0][0] else quiet + 1
        time.sleep(0.2)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--shape", choices=sorted(SHAPES), default="even")
    parser.add_argument("--policies", choices=("shipped", "off"), default="shipped")
    parser.add_argument("--mib", type=int, default=64, help="size of the segment")
    parser.add_argument("--repeat", type=int, default=4)
    parser.add_argument("--setting", action="append", default=[], help="name=number in place of the load's own setting")
    chosen = parser.parse_args(arguments)
    STEADY.update({name: int(value) for name, value in (given.split("=") for given in chosen.setting)})
    redaction = build_redaction(load_policies()) if chosen.policies == "shipped" else NONE
    with tempfile.TemporaryDirectory(prefix="spanwarden-bench-") as folder:
        inside = Inside(Path(folder), chosen.shape, chosen.mib, redaction)
        try:
            figures = {"floor": inside.floor(chosen.repeat)}
            inside.engine.command("SYSTEM STOP MERGES")
            json.dump({**figures, "steps": inside.steps(chosen.repeat)}, sys.stdout)
        finally:
            inside.engine.close()


if __name__ == "__main__":
    main()
