"""What looking for watermarks costs: CPU microseconds a span, on segments of 1.5 kB GenAI spans.

    python -m bench.watermark_cost [--spans 16000] [--repeat 3]

CPU time is the whole process's, the engine's threads included. The spans lie in closed segments of the spool and are
loaded once; then each set of policies inspects them.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from collector.spool import Spool, SpoolConfig
from policies.bundle import PolicySet
from policies.language import MarkingPolicy, policy_digest
from policies.load import load_policies
from policies.watermark.inspector import WatermarkInspector
from storage.engine import Engine
from storage.load import TraceLoad
from storage.schema import prepare

KEY = 0x5EED
IDS = 300
TEXT = json.dumps([{"role": "assistant", "parts": [{"type": "text", "content": "It is as you say. " * 60}]}])


def request(rng: np.random.Generator, spans: int, every: int) -> bytes:
    """Return one OTLP request; one span in ``every`` is of the model ``marked`` and carries token ids."""
    message = ExportTraceServiceRequest()
    resource_spans = message.resource_spans.add()
    service = resource_spans.resource.attributes.add()
    service.key, service.value.string_value = "service.name", "bench"
    scope_spans = resource_spans.scope_spans.add()
    for number in range(spans):
        span = scope_spans.spans.add(trace_id=rng.bytes(16), span_id=rng.bytes(8), name="chat")
        span.start_time_unix_nano = time.time_ns()
        span.end_time_unix_nano = span.start_time_unix_nano + 10**9
        carries = number % every == 0
        model = "marked" if carries else "plain"
        texts = {"gen_ai.operation.name": "chat", "gen_ai.request.model": model, "gen_ai.output.messages": TEXT}
        for key, text in texts.items():
            attribute = span.attributes.add(key=key)
            attribute.value.string_value = text
        span.attributes.add(key="gen_ai.usage.output_tokens").value.int_value = IDS
        if carries:
            values = span.attributes.add(key="spanwarden.output.token_ids").value.array_value.values
            for token in rng.integers(0, 50_000, IDS).tolist():
                values.add().int_value = token
    return message.SerializeToString()


def segments(engine: Engine, folder: Path, spans: int) -> list[Path]:
    """Spool ``spans`` spans, load them, and return their closed segments."""
    spool = Spool(folder / "spool", SpoolConfig(segment_seconds=600, min_free_bytes=0))
    rng = np.random.default_rng(1)
    for _ in range(spans // 500):
        spool.append("default", request(rng, 500, 10), 500).result()
    spool.close()
    store = TraceLoad(engine)
    closed = sorted((folder / "spool" / "closed").glob("*.seg"))
    for path in closed:
        store.execute(store.statement(path, path.stem, path.stem))
    return closed


def keyed(name: str, models: str) -> MarkingPolicy:
    plain = MarkingPolicy(
        id=f"marking.{name}", version="1", title="t", owner="o", models=(models,), key_name="bench-key"
    )
    return replace(plain, digest=policy_digest(plain))


RUNS = (
    ("no marking policy", PolicySet()),
    ("a keyed policy, none of its models answers", PolicySet(marking=(keyed("other", "other*"),))),
    ("the shipped policies (every output is decided)", load_policies()),
    ("a keyed policy, 1 span in 10 has 300 token ids", PolicySet(marking=(keyed("marked", "marked"),))),
    ("a keyed policy, 9 spans in 10 have no ids", PolicySet(marking=(keyed("plain", "plain"),))),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--spans", type=int, default=16_000)
    parser.add_argument("--repeat", type=int, default=3, help="the least of so many runs counts")
    options = parser.parse_args()
    result = {}
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine.open(f"chdb://{folder}/store")
        prepare(engine)
        closed = segments(engine, Path(folder), options.spans)
        spans = int(engine.query("SELECT count() FROM llm_calls").rows[0][0])
        print(f"{spans:,} spans in {len(closed)} segments, {sum(p.stat().st_size for p in closed) / spans:,.0f} B each")
        for title, policies in RUNS:
            least = min(_cpu_us(engine, policies, closed, run) for run in range(options.repeat)) / spans
            print(f"  {title:<50}{least:8.2f} us CPU a span")
            result[title] = round(least, 3)
        engine.close()
    print(json.dumps({"watermark_cost_us_per_span": result}))
    return 0


def _cpu_us(engine: Engine, policies: PolicySet, closed: list[Path], run: int) -> float:
    """Return the CPU time of inspecting every segment, under digests of this run's own: nothing is a repetition."""
    engine.command("TRUNCATE TABLE policy_decisions")
    marking = tuple(replace(policy, digest=f"{policy.digest}-{run}") for policy in policies.marking)
    inspector = WatermarkInspector(engine, PolicySet(marking=marking), {"bench-key": KEY})
    began = time.process_time()
    for path in closed:
        inspector.inspect(path, path.stem)
    return (time.process_time() - began) * 1e6


if __name__ == "__main__":
    raise SystemExit(main())
