"""What the job of structures costs a span, as spans come in second by second, beside the floor.

    python -m bench.structures [--spans 200000] [--stacked 0.0]

Traces of 6 to 30 spans, as agents make them: a service that is asked, one that answers, an agent, model calls, tools,
searches. Their spans come in over three seconds, the root last; the job looks every three seconds of 10,000 spans each.
``stacked`` is the share of model calls that a second instrumentation wrote as well. Merges of the spans themselves are
stopped: they are the load's. The floor is what any job that does this must pay the engine: read the same columns of the
same spans once, and insert the finished rows from one table into another. Prints one JSON object, CPU microseconds a
span.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from analytics.traces.job import Structures
from storage.engine import Engine
from storage.schema import prepare
from storage.structures import structures_sql

A_SECOND = 10_000
TRACE_SPANS = (6, 30)
TURN = 3
TABLES = ("trace_index", "trace_summaries", "agent_runs")
# A trace of n spans: 0 asks, 1 answers, 2 is the agent, then model calls, tools, searches in turn; spans of a trace end
# in the reverse of that order, so that those with small numbers come in last.
MADE = """
INSERT INTO otel_traces (Timestamp, TraceId, SpanId, ParentSpanId, SpanName, SpanKind, ServiceName, ScopeName, Duration,
    StatusCode, Tenant, BatchId, IngestedAt, SpanAttributes)
SELECT
    fromUnixTimestamp64Nano({begin:Int64} + toInt64(trace) * 1000000 + toInt64(at) * 20000000) AS Timestamp,
    lower(hex(MD5(toString(trace)))) AS TraceId,
    lower(leftPad(hex(cityHash64(trace, at)), 16, '0')) AS SpanId,
    if(at = 0, '', lower(leftPad(hex(cityHash64(trace, multiIf(at < 3, at - 1, role = 'again', at - 1, 2))), 16,
        '0'))) AS ParentSpanId,
    multiIf(at = 0, 'POST /ask', at = 1, 'handle', at = 2, 'invoke_agent planner', role = 'model', 'chat gpt-4o',
        role) AS SpanName,
    multiIf(at = 0, 'Client', at = 1, 'Server', role = 'model', 'Client', 'Internal') AS SpanKind,
    if(at = 0, 'web', 'agents') AS ServiceName,
    multiIf(at < 2, 'http', role = 'model', 'sdk', 'framework') AS ScopeName,
    toUInt64(if(at < 3, 900000000 - at * 1000000, 18000000)) AS Duration,
    if(cityHash64(trace, at, 'failed') % 50 = 0, 'Error', 'Unset') AS StatusCode,
    'default' AS Tenant,
    {batch:String} AS BatchId,
    now64(3) AS IngestedAt,
    multiIf(
        at = 2, map('gen_ai.operation.name', 'invoke_agent', 'gen_ai.agent.name', 'planner'),
        role IN ('model', 'again'), map('gen_ai.operation.name', 'chat', 'gen_ai.provider.name', 'openai',
            'gen_ai.request.model', 'gpt-4o', 'gen_ai.usage.input_tokens', toString(100 + of),
                'gen_ai.usage.output_tokens', '10',
            'gen_ai.response.id', concat('r-', toString(trace), '-', toString(of)),
            'gen_ai.conversation.id', toString(intDiv(trace, 4)), 'user.id', toString(trace % 97)),
        role = 'tool', map('gen_ai.operation.name', 'execute_tool', 'gen_ai.tool.name', ['search', 'weather',
            'mail'][1 + at % 3]),
        role = 'retrieval', map('gen_ai.operation.name', 'retrieval', 'gen_ai.data_source.id', 'docs'),
        map('http.request.method', 'POST')) AS SpanAttributes
FROM
(
    SELECT *,
        multiIf(at < 3, '', at % 5 = 4 AND cityHash64(trace, at) % 1000 < {stacked:UInt32}, 'again',
            at % 5 IN (0, 3), 'model', at % 5 = 1, 'tool', at % 5 = 2, 'retrieval', 'step') AS role,
        if(role = 'again', at - 1, at) AS of
    FROM
    (
        SELECT number AS trace, arrayJoin(range({least:UInt32} + cityHash64(number) % {spread:UInt32})) AS at
        FROM numbers({first:UInt64}, {traces:UInt64})
    )
    WHERE 2 - intDiv(at * 3, 30) = {part:UInt32}
)
"""


class Stream:
    """Spans that come in second by second: the last third of this second's traces, the middle of the one before, ..."""

    def __init__(self, engine: Engine, stacked: float) -> None:
        self.engine = engine
        self.begin = time.time_ns() - 3600 * 10**9
        self.stacked = round(stacked * 1000)
        self.traces = A_SECOND * 2 // sum(TRACE_SPANS)

    def second(self, number: int, seconds: int) -> None:
        """Store what arrives in one second."""
        for part in range(3):
            if 0 <= number - part < seconds:
                self.engine.command(
                    MADE,
                    {
                        "begin": self.begin,
                        "batch": f"b-{number}-{part}",
                        "first": (number - part) * self.traces,
                        "traces": self.traces,
                        "part": part,
                        "least": TRACE_SPANS[0],
                        "spread": TRACE_SPANS[1] - TRACE_SPANS[0] + 1,
                        "stacked": self.stacked,
                    },
                )


def job_cost(engine: Engine, stream: Stream, seconds: int) -> tuple[float, float]:
    """Return CPU and wall seconds of all looks at a stream of so many seconds."""
    job, now, spent, took = Structures(engine), datetime.now(UTC), 0.0, 0.0
    for number in range(seconds + 2):
        stream.second(number, seconds)
        if number % TURN == TURN - 1 or number == seconds + 1:
            now += timedelta(seconds=TURN)
            before, began = _cpu(), time.monotonic()
            job.tick(now)
            spent, took = spent + _cpu() - before, took + time.monotonic() - began
    before = _cpu()
    job.settle(now + timedelta(seconds=TURN))
    return spent + _cpu() - before, took


def floor_cost(engine: Engine, other: Engine) -> float:
    """Return the CPU seconds of reading all spans' columns and inserting the finished rows elsewhere."""
    asked = {
        "traces": [row[0] for row in engine.query("SELECT trace FROM trace_index FINAL").rows],
        "few": 0,
        "ids": [],
        "started": 0,
        "ended": time.time_ns(),
    }
    before = _cpu()
    for name in ("spans", "calls"):
        engine.query(f"SELECT count() FROM (SELECT * FROM ({structures_sql(name)}) WHERE NOT ignore(*))", asked)
    for table in TABLES:
        other.command(f"INSERT INTO {table} SELECT * FROM `{engine.target.database}`.{table} FINAL")
    return _cpu() - before


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--spans", type=int, default=200_000)
    parser.add_argument("--stacked", type=float, default=0.0)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="spanwarden-bench-") as folder:
        engine = Engine.open(f"chdb://{folder}/chdb")
        other = engine.sibling("floor")
        try:
            for one in (engine, other):
                prepare(one)
            for table in ("otel_traces", "llm_calls", "calls_1m", "errors_1m", "spans_1m"):
                engine.command(f"SYSTEM STOP MERGES {table}")
            stream = Stream(engine, chosen.stacked)
            cpu, wall = job_cost(engine, stream, max(TURN, chosen.spans // A_SECOND))
            floor = floor_cost(engine, other)
            json.dump(_figures(engine, cpu, wall, floor), sys.stdout)
        finally:
            other.close()
            engine.close()


def _figures(engine: Engine, cpu: float, wall: float, floor: float) -> dict[str, float]:
    spans = engine.query("SELECT count() FROM otel_traces").rows[0][0]
    traces, calls, duplicates, known = engine.query(
        "SELECT count(), sum(model_calls), sum(duplicates), sum(spans) FROM trace_summaries FINAL"
    ).rows[0]
    assert known == spans, f"{known} of {spans} spans are in summaries"
    return {
        "spans": spans,
        "traces": traces,
        "model_calls": calls,
        "duplicates": duplicates,
        "cpu_us_per_span": round(cpu / spans * 1e6, 2),
        "floor_us_per_span": round(floor / spans * 1e6, 2),
        "ratio_to_floor": round(cpu / floor, 2),
        "share_of_a_core_at_10k_spans_s": round(cpu / spans * A_SECOND, 3),
        "wall_s_of_looks": round(wall, 2),
    }


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
