"""Secrets of every kind, another set in every place of a span that can carry text, and the requests that carry them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, Span

from policies.recognizers.card import luhn

# Stands in every sown sentence and is no secret: a search that does not find it looks in the wrong place.
HARMLESS = "harbourlight"
# Attributes whose values are text, of both dialects and of none.
TEXT_KEYS = (
    "gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.system_instructions", "gen_ai.tool.definitions",
    "gen_ai.tool.call.arguments", "gen_ai.tool.call.result", "gen_ai.prompt.0.content", "gen_ai.completion.0.content",
    "gen_ai.request.model", "gen_ai.response.model", "gen_ai.response.id", "gen_ai.conversation.id",
    "gen_ai.agent.name", "gen_ai.tool.name", "gen_ai.data_source.id", "user.id", "session.id", "enduser.id",
    "error.type", "server.address", "url.full", "db.query.text", "cloud.region", "exception.message",
    "input.value", "output.value", "llm.model_name", "llm.prompts.0.prompt.text", "llm.invocation_parameters",
    "llm.input_messages.0.message.content", "llm.output_messages.0.message.content",
    "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments", "tool.name", "tool.parameters",
    "retrieval.documents.0.document.content", "retrieval.documents.0.document.metadata", "reranker.query",
    "embedding.embeddings.0.embedding.text", "metadata", "tag.tags", "traceloop.entity.input", "a.key.of.our.own",
)  # fmt: skip


def _card(n: int) -> str:
    body = f"4929{n:04d}1357246"
    digits = next(body + check for check in "0123456789" if luhn(body + check))
    return digits if n % 2 else " ".join(digits[i : i + 4] for i in range(0, 16, 4))


def _iban(n: int) -> str:
    account = f"37040044{n:010d}"
    return f"DE{98 - int(account + '131400') % 97:02d}{account}"


@dataclass(frozen=True, slots=True)
class Secret:
    """One value: the sentence's part that shows it, and what of it must not be stored anywhere."""

    kind: str
    shown: str
    needle: str


def secrets(n: int) -> tuple[Secret, ...]:
    """Return one secret a kind, those of the place with number ``n`` (0 to 999)."""
    card, iban = _card(n), _iban(n)
    pem = f"-----BEGIN PRIVATE KEY-----\nMIICanary{n:04d}AAAA\n-----END PRIVATE KEY-----"
    return (
        Secret("email", f"write to canary{n:04d}@mail.example.com", f"canary{n:04d}"),
        Secret("card", f"card {card}", card),
        Secret("iban", f"account {iban}", iban[4:]),
        Secret("phone", f"call +44 20 7{n:03d} 4321", f"7{n:03d} 4321"),
        Secret("ip", f"from 203.{n // 250}.{n % 250}.77", f"203.{n // 250}.{n % 250}.77"),
        Secret("us_ssn", f"ssn 219-{n % 99 + 1:02d}-{4000 + n}", f"219-{n % 99 + 1:02d}-{4000 + n}"),
        Secret("api_key", f"key sk-proj-Canary{n:04d}AbCdEfGhIj", f"Canary{n:04d}AbCd"),
        Secret("jwt", f"jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ{n:04d}.s1gCanary{n:04d}", f"s1gCanary{n:04d}"),
        Secret("password", f"password=Cnry{n:04d}!x9", f"Cnry{n:04d}!x9"),
        Secret("private_key", pem, f"MIICanary{n:04d}"),
    )


@dataclass
class Sower:
    """Numbers the places; ``places[n]`` says where the secrets of number ``n`` were put."""

    transport: str
    first: int
    places: dict[int, str] = field(default_factory=dict)

    def text(self, where: str) -> str:
        """Return a sentence with a secret of each kind."""
        n = self.first + len(self.places)
        self.places[n] = f"{self.transport}: {where}"
        return f"{HARMLESS} " + ", ".join(secret.shown for secret in secrets(n)) + " end"

    def needles(self) -> Iterator[tuple[str, str]]:
        """Yield (what must not be found, kind and place)."""
        for n, where in self.places.items():
            for secret in secrets(n):
                yield secret.needle, f"{secret.kind} in {where}"


def string(key: str, value: str) -> KeyValue:
    """Return an attribute whose value is text."""
    return KeyValue(key=key, value=AnyValue(string_value=value))


def nested(sow: Callable[[str], str], where: str) -> list[KeyValue]:
    """Return attributes whose values hold text below the top: arrays, kvlists, JSON in strings, JSON in JSON."""
    flat = ArrayValue(values=[AnyValue(string_value=sow(f"{where} array item")), AnyValue(int_value=7)])
    kvlist = KeyValueList(
        values=[
            string("inner", sow(f"{where} kvlist value")),
            string(sow(f"{where} kvlist key"), "v"),
            KeyValue(key="deep", value=AnyValue(array_value=ArrayValue(values=[AnyValue(array_value=flat)]))),
        ]
    )
    message = [{"role": "user", "parts": [{"type": "text", "content": sow(f"{where} JSON in a string")}]}]
    call = [{"tool_call": {"arguments": json.dumps({"to": sow(f"{where} JSON in JSON"), "n": 1})}}]
    return [
        KeyValue(key=f"{where} array", value=AnyValue(array_value=flat)),
        KeyValue(key=f"{where} kvlist", value=AnyValue(kvlist_value=kvlist)),
        KeyValue(
            key=f"{where} list of lists",
            value=AnyValue(array_value=ArrayValue(values=[AnyValue(array_value=flat), AnyValue(kvlist_value=kvlist)])),
        ),
        string(f"{where} json", json.dumps(message)),
        string(f"{where} json ascii", json.dumps(call, ensure_ascii=True)),
        string(sow(f"{where} key"), "a value"),
        KeyValue(key=sow(f"{where} key of a number"), value=AnyValue(int_value=1)),
    ]


def _everywhere(sow: Callable[[str], str], span: Span) -> None:
    span.name = sow("span name")
    span.trace_state = sow("trace state")
    span.status.code = 2
    span.status.message = sow("status message")
    span.attributes.extend(nested(sow, "span"))
    event = span.events.add(time_unix_nano=span.start_time_unix_nano, name=sow("event name"))
    event.attributes.append(string("exception.message", sow("exception message")))
    event.attributes.append(string("exception.type", sow("exception type")))
    event.attributes.extend(nested(sow, "event"))
    said = span.events.add(time_unix_nano=span.start_time_unix_nano, name="gen_ai.user.message")
    said.attributes.append(string("content", sow("content of an event")))
    prompt = span.events.add(time_unix_nano=span.start_time_unix_nano, name="gen_ai.content.prompt")
    prompt.attributes.append(string("gen_ai.prompt", json.dumps([{"role": "user", "content": sow("event's prompt")}])))
    link = span.links.add(trace_id=b"\7" * 16, span_id=b"\7" * 8, trace_state=sow("link trace state"))
    link.attributes.extend(nested(sow, "link"))


def _call(operation: str, span: Span, keys: tuple[str, ...], sow: Callable[[str], str]) -> None:
    span.name = f"{operation} something"
    span.attributes.append(string("gen_ai.operation.name", operation))
    span.attributes.extend(string(key, sow(f"{key} of {operation}")) for key in keys)


def request(sower: Sower, trace: bytes) -> ExportTraceServiceRequest:
    """Return a request of some spans of one trace, with text of ``sower`` wherever text can be."""
    sow = sower.text
    now = time.time_ns()
    sent = ExportTraceServiceRequest()
    whole: ResourceSpans = sent.resource_spans.add(schema_url=sow("resource schema url"))
    whole.resource.attributes.append(string("service.name", sow("service name")))
    whole.resource.attributes.append(string("service.version", sow("service version")))
    whole.resource.attributes.extend(nested(sow, "resource"))
    scope = whole.scope_spans.add(schema_url=sow("scope schema url"))
    scope.scope.name, scope.scope.version = sow("scope name"), sow("scope version")
    scope.scope.attributes.extend(nested(sow, "scope"))
    plain = sent.resource_spans.add()
    plain.resource.attributes.append(string("service.name", "sown"))
    calls = plain.scope_spans.add()
    for number, (holder, operation) in enumerate(
        [(scope, ""), (calls, "chat"), (calls, "execute_tool"), (calls, "invoke_agent")]
    ):
        span = holder.spans.add(trace_id=trace, span_id=bytes([*trace[:7], number + 1]), kind=3)
        span.start_time_unix_nano, span.end_time_unix_nano = now, now + 5_000_000
        if operation:
            _call(operation, span, TEXT_KEYS[number - 1 :: 3], sow)
        else:
            _everywhere(sow, span)
    ids = ArrayValue(values=[AnyValue(int_value=n) for n in (815_000_001, 815_000_002)])
    calls.spans[0].attributes.append(KeyValue(key="spanwarden.output.token_ids", value=AnyValue(array_value=ids)))
    return sent
