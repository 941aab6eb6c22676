"""A history as rows of ``llm_calls``, for judging many seeds: what the collector would have stored."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spanwarden.demo.calls import NONE, Calls
from spanwarden.demo.cast import STEPS, STREAMS
from spanwarden.demo.faults import ERRORS
from spanwarden.demo.spans import SESSION_NS
from storage.engine import Engine

ROWS_AN_INSERT = 100_000


def load_calls(engine: Engine, calls: Calls, tenant: str) -> int:
    """Insert the calls under a tenant of their own; views and roll-ups follow. Returns the number of rows."""
    for first in range(0, len(calls), ROWS_AN_INSERT):
        frame = call_rows(calls.at(slice(first, first + ROWS_AN_INSERT)), tenant)
        engine.insert_frame("llm_calls", frame, token=f"demo-{tenant}-{first}")
    return len(calls)


def call_rows(calls: Calls, tenant: str) -> pd.DataFrame:
    """Return the calls with the columns of ``llm_calls`` that the demo's spans fill."""
    root = calls.step < 0
    text = _Texts(calls, root)
    model_call = np.isin(text.operation, ("chat", "embeddings")) & ~text.repeats
    answered = model_call & (calls.error == NONE)
    failed = calls.error != NONE
    start = pd.to_datetime(calls.start_ns, unit="ns", utc=True)
    return pd.DataFrame(
        {
            "timestamp": start,
            "trace_id": _hex(calls.trace_high) + _hex(calls.trace_low),
            "span_id": _hex(calls.span),
            "parent_span_id": np.where(calls.parent == 0, "", _hex(calls.parent)),
            "span_name": text.operation,
            "tenant": tenant,
            "batch_id": f"demo-{tenant}",
            "ingested_at": datetime.now(UTC),
            "service": text.service,
            "service_version": text.version,
            "environment": "production",
            "region": text.region,
            "operation": text.operation,
            "provider": text.provider,
            "model": text.model,
            "request_model": text.model,
            "agent_name": text.agent,
            "tool_name": text.tool,
            "user_id": np.char.mod("u-%04d", calls.user),
            "session_id": _sessions(calls),
            "input_tokens": _known(calls.input_tokens, answered),
            "output_tokens": _known(calls.output_tokens, answered & (text.operation == "chat")),
            "duration_ms": calls.duration_ms,
            "ttft_ms": np.where(answered & (calls.ttft_ms > 0), calls.ttft_ms, np.nan),
            "error_type": np.where(failed, np.array([*ERRORS, ""])[calls.error], ""),
            "status": np.where(failed, "error", "ok"),
            "is_llm_call": model_call.astype(np.uint8),
        }
    )  # fmt: skip


class _Texts:
    """What a call's stream, step and version decide, by call."""

    def __init__(self, calls: Calls, root: NDArray[np.bool_]) -> None:
        streams, steps = calls.stream, calls.step
        self.service = _pick([one.service for one in STREAMS], streams)
        self.region = _pick([one.region for one in STREAMS], streams)
        own = _pick([one.agent for one in STEPS], steps)
        self.agent = np.where(root | (own == ""), _pick([one.agent_name for one in STREAMS], streams), own)
        self.repeats = ~root & np.array([one.repeats for one in STEPS])[steps]
        self.version = np.array(
            [[one.versions[min(place, len(one.versions) - 1)][0] for place in range(2)] for one in STREAMS],
            dtype=object,
        )[streams, calls.version]
        roots = _pick([one.root for one in STREAMS], streams)
        self.operation = np.where(root, roots, _pick([one.operation for one in STEPS], steps))
        self.model = np.where(root, "", _pick([one.model.name if one.model else "" for one in STEPS], steps))
        self.provider = np.where(root, "", _pick([one.model.provider if one.model else "" for one in STEPS], steps))
        self.tool = np.where(root, "", _pick([one.tool_name for one in STEPS], steps))


def _pick(texts: list[str], places: NDArray[np.int16]) -> NDArray[np.object_]:
    return np.array(texts, dtype=object)[places]


def _known(values: NDArray[np.int64], known: NDArray[np.bool_]) -> pd.api.extensions.ExtensionArray:
    return pd.arrays.IntegerArray(values.copy(), ~known)


def _hex(numbers: NDArray[np.uint64]) -> NDArray[np.object_]:
    return np.array([f"{number:016x}" for number in numbers.tolist()], dtype=object)


def _sessions(calls: Calls) -> NDArray[np.str_]:
    by_time = np.char.add(np.char.mod("s-%04d-", calls.user), np.char.mod("%x", calls.start_ns // SESSION_NS))
    return np.where(calls.session == NONE, by_time, np.char.mod("c-%012x", calls.session))
