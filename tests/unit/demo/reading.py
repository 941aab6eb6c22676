"""A demo read back from its own OTLP bytes, without its code: one plain row a span."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from spanwarden.demo.generate import Demo

KINDS = {
    "LLM": "chat",
    "EMBEDDING": "embeddings",
    "RETRIEVER": "retrieval",
    "CHAIN": "chain",
    "workflow": "invoke_workflow",
    "task": "chain",
    "ai.streamText": "invoke_agent",
    "ai.streamText.doStream": "chat",
    "ai.toolCall": "execute_tool",
}
KIND_KEYS = ("openinference.span.kind", "traceloop.span.kind", "ai.operationId")


@dataclass(frozen=True, slots=True)
class Row:
    trace: str
    span: str
    parent: str
    start_ns: int
    end_ns: int
    error: str
    attributes: dict[str, Any]
    columns: dict[str, str]

    @property
    def milliseconds(self) -> float:
        return (self.end_ns - self.start_ns) / 1e6

    def tokens(self, side: str) -> int:
        genai = {"input": "input_tokens", "output": "output_tokens"}[side]
        other = {"input": "prompt", "output": "completion"}[side]
        usage = self.attributes.get(f"gen_ai.usage.{genai}", self.attributes.get(f"llm.token_count.{other}", 0))
        return int(usage)


def read(demo: Demo) -> list[Row]:
    return [row for body in demo.requests() for row in rows(body)]


def rows(body: bytes) -> list[Row]:
    found = []
    for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
        origin = {entry.key: entry.value.string_value for entry in resource.resource.attributes}
        for scope in resource.scope_spans:
            found += [_row(span, origin) for span in scope.spans]
    return found


def _row(span: Any, origin: dict[str, str]) -> Row:
    attributes = {entry.key: _plain(entry.value) for entry in span.attributes}
    columns = {
        "service": origin["service.name"],
        "service_version": origin["service.version"],
        "region": origin["cloud.region"],
        "operation": attributes.get("gen_ai.operation.name") or _kind(attributes),
        "model": attributes.get("gen_ai.request.model")
        or attributes.get("llm.model_name")
        or attributes.get("embedding.model_name", ""),
        "tool_name": attributes.get("gen_ai.tool.name", ""),
        "agent_name": attributes.get("gen_ai.agent.name", ""),
    }
    exceptions = [entry.value.string_value for event in span.events for entry in event.attributes[:1]]
    error = attributes.get("error.type", "") or "".join(exceptions)
    assert bool(error) == (span.status.code == 2)
    ids = (span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex())
    return Row(*ids, span.start_time_unix_nano, span.end_time_unix_nano, error, attributes, columns)


def _kind(attributes: dict[str, Any]) -> str:
    return KINDS[next(attributes[key] for key in KIND_KEYS if key in attributes)]


def counted(spans: list[Row]) -> list[Row]:
    """The calls of models, each once: a call under a call is the same one, told by another library."""
    called = [row for row in spans if row.columns["operation"] in ("chat", "embeddings")]
    outer = {row.span for row in called}
    return [row for row in called if row.parent not in outer]


def _plain(value: Any) -> Any:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [_plain(item) for item in value.array_value.values]
    return getattr(value, kind)


def nanoseconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp()) * 10**9


def within(entry: dict[str, Any], row: Row) -> bool:
    return nanoseconds(entry["start"]) <= row.start_ns < nanoseconds(entry["end"])


def inside(part: dict[str, str], row: Row) -> bool:
    return all(row.columns[name] == value for name, value in part.items())
