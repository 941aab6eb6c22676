"""The answer key: what was planted, in words that a judge can compare with what was found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spanwarden.demo.calls import NONE, Calls
from spanwarden.demo.cast import MARKED_MODEL, STEPS, STREAMS, UNMARKED_VERSION
from spanwarden.demo.faults import FAULT_KINDS, Effect, Planted
from spanwarden.demo.roles import Stream
from spanwarden.demo.slices import Slice, step_matches, stream_matches
from spanwarden.demo.spans import Extras

MODEL_CALLS = ("chat", "embeddings")
JUDGED_TOKENS = 200  # a shorter output cannot be called unmarked


def answer_key(
    seed: int,
    start: datetime,
    end: datetime,
    calls: Calls,
    extras: Extras,
    planted: Sequence[Planted],
    rollout: Effect,
) -> dict[str, Any]:
    """Return the key of a demo, ready for JSON. Times are RFC 3339 in UTC, an end included in no window."""
    faults = [plant for plant in planted if plant.plant.kind in FAULT_KINDS]
    decoys = [plant for plant in planted if plant.plant.kind not in FAULT_KINDS]
    return {
        "seed": seed,
        "start": _time(start),
        "end": _time(end),
        "faults": [_fault(f"fault-{number}", plant, calls, end) for number, plant in enumerate(faults, 1)],
        "decoys": [_decoy(f"decoy-{number}", plant, calls) for number, plant in enumerate(decoys, 1)],
        "pii": dict(sorted(Counter(secret.kind for secret in extras.secrets.values()).items())),
        "unmarked": _unmarked(calls, extras, rollout),
        "totals": totals(calls),
    }


def in_slice(calls: Calls, part: Slice) -> NDArray[np.bool_]:
    """Return which calls lie in a slice given in ``llm_calls`` columns. A root has its stream's agent, no model."""
    streams = np.array([stream_matches(stream, part) for stream in STREAMS])
    steps = np.array(
        [*(step_matches(step, part) for step in STEPS), not {"model", "operation", "tool_name"} & set(part)]
    )
    hit = streams[calls.stream] & steps[calls.step]  # ROOT is -1: the last entry
    if "service_version" in part:
        versions = np.array(
            [[_version(stream, place) == part["service_version"] for place in range(2)] for stream in STREAMS]
        )
        hit &= versions[calls.stream, calls.version]
    return np.asarray(hit)


def totals(calls: Calls) -> dict[str, int]:
    """Return how much the history holds: a model's call counts once, told by however many; tokens where it answered."""
    operations = np.array([*(step.operation in MODEL_CALLS and not step.repeats for step in STEPS), False])
    model_call = operations[calls.step]
    answered = model_call & (calls.error == NONE)
    return {
        "spans": len(calls),
        "traces": int((calls.parent == 0).sum()),
        "model_calls": int(model_call.sum()),
        "failed": int((calls.error != NONE).sum()),
        "input_tokens": int(calls.input_tokens[answered].sum()),
        "output_tokens": int(calls.output_tokens[answered].sum()),
        "with_content": int((calls.content != NONE).sum()),
    }


def _fault(name: str, planted: Planted, calls: Calls, end: datetime) -> dict[str, Any]:
    effect = planted.effects[0]
    measure = {"factor": planted.size} if planted.plant.kind == "latency" else {"rate": planted.size}
    affected = in_slice(calls, planted.part) & _during(calls, effect)
    minutes = (effect.end_ns - effect.start_ns) / 60e9
    return {
        "id": name,
        "signal": planted.plant.kind,
        "slice": dict(planted.part),
        "start": _time_ns(effect.start_ns),
        "end": _time_ns(effect.end_ns),
        "open": effect.end_ns >= round(end.timestamp() * 1e9),
        **measure,
        "strength": planted.plant.strength,
        "error_type": effect.error_type,
        "calls": int(affected.sum()),
        "calls_per_minute": round(float(affected.sum() / minutes), 1),
        "spreads_to": _parents(planted.part),
    }


def _parents(part: Slice) -> list[dict[str, str]]:
    """Name the root spans that a fault of their steps makes slow or failing too; not planted, but true."""
    roots = []
    for stream in STREAMS:
        inside = stream_matches(stream, part) and any(
            step_matches(step, part) for step in (*stream.steps, *(tool for tool, _ in stream.tools))
        )
        if stream.root and inside:
            roots.append({"service": stream.service, "operation": stream.root, "region": stream.region})
    return roots


def _decoy(name: str, planted: Planted, calls: Calls) -> dict[str, Any]:
    effect = planted.effects[0]
    return {
        "id": name,
        "kind": planted.plant.kind,
        "scope": dict(planted.part),
        "start": _time_ns(effect.start_ns),
        "end": _time_ns(effect.end_ns),
        "size": planted.size,
        "calls": int((in_slice(calls, planted.part) & _during(calls, effect)).sum()),
    }


def _unmarked(calls: Calls, extras: Extras, rollout: Effect) -> dict[str, Any]:
    carries = np.isin(calls.span, np.fromiter(extras.token_ids, dtype=np.uint64, count=len(extras.token_ids)))
    bare = calls.span[carries & (calls.version == 1)]
    return {
        "model": MARKED_MODEL,
        **rollout.part,
        "service_version": UNMARKED_VERSION,
        "start": _time_ns(rollout.start_ns),
        "end": _time_ns(rollout.end_ns),
        "count": len(bare),
        "long_enough": int((calls.output_tokens[np.isin(calls.span, bare)] >= JUDGED_TOKENS).sum()),
        "marked": int(carries.sum()) - len(bare),
        "spans": [f"{span:016x}" for span in bare.tolist()],
    }


def _during(calls: Calls, effect: Effect) -> NDArray[np.bool_]:
    return np.asarray((calls.start_ns >= effect.start_ns) & (calls.start_ns < effect.end_ns))


def _version(stream: Stream, place: int) -> str:
    return stream.versions[place][0] if place < len(stream.versions) else ""


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _time_ns(at: int) -> str:
    return _time(datetime.fromtimestamp(at // 10**9, UTC))
