"""Spans told in a line each, and stored through the load's own statement: for tests of what is made of whole traces."""

from __future__ import annotations

import hashlib
import itertools
import random
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from collector.segment import encode_record
from storage.engine import Engine
from storage.load import TraceLoad

KINDS = {"internal": 1, "server": 2, "client": 3, "producer": 4, "consumer": 5}
_numbers = itertools.count()


@dataclass(frozen=True, slots=True)
class Told:
    """A span. ``trace``, ``id`` and ``parent`` are any words; ``at`` and ``ms`` milliseconds from ``begin`` on."""

    trace: str
    id: str
    parent: str = ""
    name: str = ""
    at: float = 0
    ms: float = 10
    service: str = "app"
    kind: str = "internal"
    scope: str = "one"
    failed: bool = False
    says: Mapping[str, object] = field(default_factory=dict)

    @property
    def trace_id(self) -> bytes:
        return hashlib.md5(self.trace.encode()).digest()

    def span_id(self, name: str = "") -> bytes:
        return hashlib.md5(f"{self.trace}/{name or self.id}".encode()).digest()[:8]


def model(tokens: int | None = 100, answer: int | None = 10, **more: object) -> dict[str, object]:
    """What a call of a model says; ``id=`` its response."""
    said: dict[str, object] = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai"}
    said["gen_ai.request.model"] = more.pop("model", "gpt-4o")
    names = {"id": "gen_ai.response.id", "session": "gen_ai.conversation.id", "user": "user.id"}
    said |= {names.get(name, name): value for name, value in more.items()}
    said |= {} if tokens is None else {"gen_ai.usage.input_tokens": tokens}
    return said | ({} if answer is None else {"gen_ai.usage.output_tokens": answer})


def tool(name: str, arguments: str = "") -> dict[str, object]:
    return {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": name, "gen_ai.tool.call.arguments": arguments}


def agent(name: str, **more: object) -> dict[str, object]:
    return {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": name, **more}


def store(engine: Engine, folder: Path, spans: Iterable[Told], begin: float) -> None:
    """Store spans as one segment; ``begin`` is seconds since the epoch."""
    message = ExportTraceServiceRequest()
    ordered = list(spans)
    for (service, scope), some in itertools.groupby(ordered, key=lambda told: (told.service, told.scope)):
        resource = message.resource_spans.add()
        resource.resource.attributes.append(KeyValue(key="service.name", value=AnyValue(string_value=service)))
        scope_spans = resource.scope_spans.add()
        scope_spans.scope.name = scope
        scope_spans.spans.extend(_span(told, begin) for told in some)
    name = f"seg-{next(_numbers)}"
    path = folder / f"{name}.seg"
    now = time.time_ns()
    path.write_bytes(encode_record(now, "default", now, len(ordered), message.SerializeToString()))
    load = TraceLoad(engine)
    load.execute(load.statement(path, name, name))
    assert load.count(name) == len(ordered)


def _span(told: Told, begin: float) -> Span:
    start = int(begin * 1000) * 10**6 + int(told.at * 1e6)
    span = Span(
        trace_id=told.trace_id,
        span_id=told.span_id(),
        parent_span_id=told.span_id(told.parent) if told.parent else b"",
        name=told.name or told.id,
        kind=KINDS[told.kind],
        start_time_unix_nano=start,
        end_time_unix_nano=start + int(told.ms * 1e6),
    )
    span.attributes.extend(KeyValue(key=key, value=_value(value)) for key, value in told.says.items())
    if told.failed:
        span.status.code = 2
    return span


def _value(value: object) -> AnyValue:
    return AnyValue(int_value=value) if isinstance(value, int) else AnyValue(string_value=str(value))


def stories(count: int, seed: int) -> Iterator[list[Told]]:
    """Yield traces of many shapes: agents that hand over, stacked instrumentations, services, failures, orphans."""
    chance = random.Random(seed)
    for number in range(count):
        yield _story(f"trace-{seed}-{number}", chance)


def _story(trace: str, chance: random.Random) -> list[Told]:
    user, session = f"user-{chance.randrange(4)}", f"session-{chance.randrange(6)}"
    whose = {"user": user, "session": session}
    # Some begin shortly before a full hour, so that their first spans move them into the hour before.
    begin = chance.choice((0.0, 3_600_000.0 * chance.randrange(3)))
    spans = [Told(trace, "root", "", "POST /ask", begin, 5000, "web", "server", "http")]
    spans.append(Told(trace, "ask", "root", "POST", begin + 5, 4900, "web", "client", "http"))
    spans.append(Told(trace, "serve", "ask", "handle", begin + 8, 4800, "agents", "server", "http"))
    spans.append(Told(trace, "plan", "serve", "plan", begin + 10, 4700, "agents", says=agent("planner")))
    at, above = begin + 20.0, "plan"
    for step in range(chance.randrange(1, 7)):
        at, above = _step(spans, trace, step, at, above, whose, chance)
    if chance.random() < 0.2:
        spans = [span for span in spans if span.id != "serve"]
    if chance.random() < 0.1:
        spans[-1] = replace(spans[-1], parent=spans[-1].id)
    return spans


def _step(
    spans: list[Told], trace: str, step: int, at: float, above: str, whose: Mapping[str, object], chance: random.Random
) -> tuple[float, str]:
    kind, ms = chance.choice(("model", "stacked", "tool", "search", "hand over")), chance.uniform(20, 400)
    failed, name = chance.random() < 0.15, f"s{step}"
    place = {"trace": trace, "parent": above, "at": at, "ms": ms, "service": "agents", "failed": failed}
    if kind in ("model", "stacked"):
        used = (
            {"tokens": None, "answer": None}
            if failed
            else {"tokens": chance.randrange(1, 999), "id": f"r-{trace}-{step}"}
        )
        spans.append(Told(id=name, kind="client", scope="sdk", says=model(**used, **whose), **place))
        if kind == "stacked":
            outer = {**place, "at": at - 2, "ms": ms + 4}
            spans.append(
                Told(id=f"{name}-outer", scope="framework", says=model(**{**used, "id": ""}, **whose), **outer)
            )
    elif kind == "tool":
        spans.append(Told(id=name, says=tool(chance.choice(("weather", "search")), "{}"), **place))
    elif kind == "search":
        found = {"gen_ai.operation.name": "retrieval", "gen_ai.data_source.id": "docs"}
        spans.append(Told(id=name, kind="client", says=found, **place))
    else:
        place["ms"] = 3000
        spans.append(Told(id=name, says=agent(chance.choice(("writer", "critic"))), **place))
        return at + 5, name
    return at + ms + 3, above


def table(
    engine: Engine, name: str, order: str, leave: Sequence[str] = ("version", "deleted")
) -> list[tuple[object, ...]]:
    """Return a table as it is read, without what differs from run to run."""
    return engine.query(f"SELECT * EXCEPT ({', '.join(leave)}) FROM {name} FINAL ORDER BY {order}").rows
