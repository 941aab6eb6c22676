"""Segments with outputs of models, spooled and loaded as the collector does it, and policies to judge them by."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from collector.spool import Spool, SpoolConfig
from policies.bundle import PolicySet
from policies.language import MarkingPolicy, policy_digest
from spanwarden.demo.marking import sample_ids
from storage.engine import Engine
from storage.load import TraceLoad

KEY = 0xC0FFEE
_numbers = itertools.count(1)


@dataclass
class Span:
    """A span of a model's answer; ``ids`` become the token-id attribute unless they are None."""

    ids: object = None
    model: str = "llama-8b"
    service: str = "writer"
    version: str = "1.0"
    tokens: int | None = 300
    at_ns: int | None = None
    operation: str = "chat"
    failed: bool = False
    finish: str = "stop"
    more: dict[str, object] = field(default_factory=dict)
    twice: bool = False
    number: int = field(default_factory=lambda: next(_numbers))

    @property
    def span_id(self) -> str:
        return f"{self.number:016x}"


def marked_ids(
    amount: int, length: int = 300, *, key: int = KEY, marked: bool = True, seed: int = 1
) -> list[list[int]]:
    """Token ids as a marking server samples them, by the demo's own implementation of the scheme."""
    return sample_ids(np.full(amount, length), np.full(amount, marked), key, [seed])


def policy(**changes: object) -> MarkingPolicy:
    """A policy that asks for a verified mark of the models ``llama*``, with its digest."""
    plain = MarkingPolicy(id="marking.llama", version="1", title="t", owner="o", models=("llama*",), key_name="chat-eu")
    changed = replace(plain, **changes)  # type: ignore[arg-type]
    return replace(changed, digest=policy_digest(changed))


def policies(*marking: MarkingPolicy) -> PolicySet:
    return PolicySet(marking=marking)


def request(spans: list[Span]) -> bytes:
    """The spans as one OTLP request."""
    message = ExportTraceServiceRequest()
    for given in spans:
        resource_spans = message.resource_spans.add()
        _set(resource_spans.resource.attributes, {"service.name": given.service, "service.version": given.version})
        span = resource_spans.scope_spans.add().spans.add()
        span.trace_id, span.span_id = given.number.to_bytes(16, "big"), given.number.to_bytes(8, "big")
        span.name = f"{given.operation} {given.model}"
        span.start_time_unix_nano = given.at_ns or time.time_ns()
        span.end_time_unix_nano = span.start_time_unix_nano + 10**9
        if given.failed:
            span.status.code = 2
        attributes = {
            "gen_ai.operation.name": given.operation,
            "gen_ai.request.model": given.model,
            "gen_ai.response.finish_reasons": [given.finish],
            **({} if given.tokens is None else {"gen_ai.usage.output_tokens": given.tokens}),
            **given.more,
        }
        _set(span.attributes, attributes)
        for _ in range(0 if given.ids is None else 2 if given.twice else 1):
            _set(span.attributes, {"spanwarden.output.token_ids": given.ids})
    return message.SerializeToString()


def load(engine: Engine, folder: Path, spans: list[Span]) -> tuple[Path, str]:
    """Spool the spans into one segment, load it, and return its path, still there, and its batch id."""
    spool = Spool(folder / f"spool-{next(_numbers)}", SpoolConfig(segment_seconds=60, min_free_bytes=0))
    spool.append("default", request(spans), len(spans)).result(10)
    spool.close()
    (path,) = (spool.folder / "closed").glob("*.seg")
    store = TraceLoad(engine)
    store.execute(store.statement(path, path.stem, path.stem))
    assert store.count(path.stem) == len(spans)
    return path, path.stem


def decisions(engine: Engine) -> dict[str, dict[str, object]]:
    """The decisions that count, by span id."""
    rows = engine.query("SELECT * FROM policy_decisions FINAL ORDER BY policy_id, span_id").dicts()
    found = {str(row["span_id"]): row for row in rows}
    assert len(found) == len(rows)
    return found


def _set(target: object, values: dict[str, object]) -> None:
    for key, value in values.items():
        attribute = target.add()  # type: ignore[attr-defined]
        attribute.key = key
        for item in value if isinstance(value, list) else [value]:
            into = attribute.value.array_value.values.add() if isinstance(value, list) else attribute.value
            kind = {bool: "bool_value", int: "int_value", float: "double_value", str: "string_value"}[type(item)]
            setattr(into, kind, item)
