"""Opens a data directory in a process of its own (an embedded store is one path a process) and says what it holds.

python -m tests.integration.old_store DATA_DIR        prints one JSON object
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from collector.load import Loader
from collector.signal import TRACES
from storage.engine import Engine
from storage.load import TraceLoad
from storage.schema import prepare

KEPT = (
    "otel_traces", "llm_calls", "calls_1m", "errors_1m", "spans_1m", "redactions_1m",
    "findings", "policy_decisions", "incidents", "marks",
)  # fmt: skip
DIGEST = """SELECT toString(sum(cityHash64(TraceId, SpanId, SpanName, toString(Timestamp), toString(SpanAttributes),
    toString(ResourceAttributes), Duration))) FROM otel_traces"""
SUMS = """SELECT sum(calls), sum(llm_calls), sum(input_tokens), sum(output_tokens), sum(cost_usd),
    (SELECT sum(spans) FROM spans_1m) FROM calls_1m"""


def main(folder: Path) -> None:
    """Open the store twice over, as an upgrade and the start after it do; then load what waits in the spool."""
    engine = Engine.open(f"chdb://{folder / 'chdb'}")
    prepare(engine)
    prepare(engine)
    opened = _seen(engine)
    loader = Loader(folder / "spool", {TRACES: TraceLoad(engine)})
    loader.start()
    drained = loader.drain(60)
    loaded = _seen(engine)
    engine.close()
    sys.stdout.write(json.dumps({"opened": opened, "drained": drained, "loaded": loaded}))


def _seen(engine: Engine) -> dict[str, object]:
    rows = {table: engine.query(f"SELECT count() FROM {table}").rows[0][0] for table in KEPT}
    columns = engine.query("SELECT name FROM system.columns WHERE database = currentDatabase() AND table = 'llm_calls'")
    return {
        "rows": rows,
        "digest": engine.query(DIGEST).rows[0][0],
        "sums": [float(value) for value in engine.query(SUMS).rows[0]],
        "columns": [row[0] for row in columns.rows],
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
