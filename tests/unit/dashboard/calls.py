"""Model calls in a store, as the loader would have left them: spans in, views and roll-ups follow."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import datetime

from storage.engine import Engine

NAMES = ("Timestamp", "TraceId", "SpanId", "SpanName", "ServiceName", "SpanAttributes", "Duration", "StatusCode")
_numbers = itertools.count(1)


def insert_calls(engine: Engine, moments: Sequence[datetime], *, model: str, failed: bool = False) -> None:
    """Insert one call of ``model`` at each moment."""
    number = next(_numbers)
    call = {"gen_ai.operation.name": "chat", "gen_ai.request.model": model}
    rows = [
        [at, f"{number:016x}{place:016x}", f"{place + 1:016x}", "chat", "app", call, 10**9, "Error" if failed else "Ok"]
        for place, at in enumerate(moments)
    ]
    engine.insert("otel_traces", rows, NAMES, token=f"calls-{number}")
