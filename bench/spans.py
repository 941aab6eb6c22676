"""GenAI spans to send: requests built once, then made new by patching ids and times into their bytes.

    build (slow, once) ──> Template: the bytes of a request and where its ids and times stand
                              └── fresh(number, now) ──> the same request with other ids: 0.2 us a span

The prose is that of Python's own language reference (``pydoc_data.topics``), cut at random places, so that it
compresses and is scanned as real text is. One span in fifty holds an e-mail address. Two shapes:

``even``      every span has 1.5 kB: a chat call as ``opentelemetry-util-genai`` writes it, with both messages
``workload``  prompts and answers as long as the token counts of the recorded workloads ask for (4 letters a token), at
              most LONGEST letters each, which is how SDKs are told to cut them
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from pydoc_data import topics

import numpy as np
from numpy.typing import NDArray
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from spanwarden.demo.otlp import any_value
from spanwarden.demo.workload import load_workload

SPANS = 512
EVEN_BYTES = 1500
LETTERS_A_TOKEN = 4
LONGEST = 16_384
ONE_IN_WITH_MAIL = 50
TRACE = 8  # spans of one trace
SERVICES = ("chat-api", "rag-search", "coding-agent", "batch-summarizer")
REGIONS = ("eu-west-1", "us-east-1")
MODELS = (
    ("openai", "gpt-4o", "gpt-4o-2024-08-06", "api.openai.com"),
    ("openai", "gpt-4o-mini", "gpt-4o-mini-2024-07-18", "api.openai.com"),
    ("anthropic", "claude-sonnet-4-5", "claude-sonnet-4-5-20250929", "api.anthropic.com"),
    ("mistral_ai", "mistral-large-latest", "mistral-large-2411", "api.mistral.ai"),
)
PROSE = "\n".join(topics.topics.values())


@dataclass(frozen=True, slots=True)
class Template:
    """A serialized request of ``spans`` spans: ``places`` are where each span's ids and times begin in ``body``."""

    body: NDArray[np.uint8]
    traces: NDArray[np.int64]
    ids: NDArray[np.int64]
    parents: NDArray[np.int64]
    starts: NDArray[np.int64]
    durations: NDArray[np.int64]

    @property
    def spans(self) -> int:
        """How many spans the request has."""
        return len(self.ids)

    def fresh(self, number: int, now_ns: int) -> bytes:
        """Return the request with ids that no other ``number`` has, its spans ending at ``now_ns``."""
        body = self.body.copy()
        own = np.arange(self.spans, dtype=np.uint64) + np.uint64(number * self.spans + 1)
        trace = own // np.uint64(TRACE)
        # Multiplying by an odd number permutes the 64-bit integers: distinct ids that look random.
        mixed = own * np.uint64(0x9E3779B97F4A7C15)
        _write(body, self.traces, trace * np.uint64(0xBF58476D1CE4E5B9))
        _write(body, self.traces + 8, trace * np.uint64(0x94D049BB133111EB) + np.uint64(1))
        _write(body, self.ids, mixed)
        _write(body, self.parents, np.roll(mixed, 1))
        start = np.uint64(now_ns) - self.durations.astype(np.uint64)
        _write(body, self.starts, start)
        _write(body, self.starts + 9, np.full(self.spans, now_ns, dtype=np.uint64))
        return body.tobytes()


def _write(body: NDArray[np.uint8], places: NDArray[np.int64], values: NDArray[np.uint64]) -> None:
    body[places[:, None] + np.arange(8)] = values.view(np.uint8).reshape(-1, 8)


def even_templates(count: int, seed: int = 1, spans: int = SPANS) -> list[Template]:
    """Return requests whose spans have EVEN_BYTES bytes each."""
    chance = random.Random(seed)
    return [_build(chance, [(-1, -1)] * spans) for _ in range(count)]


def workload_templates(count: int, seed: int = 1, spans: int = SPANS) -> list[Template]:
    """Return requests whose spans are as long as the calls of the recorded workloads."""
    chance, rng = random.Random(seed), np.random.default_rng(seed)
    traces = sorted(load_workload().items())
    sizes = [traces[n % len(traces)][1].draw(rng, spans) for n in range(count)]
    return [_build(chance, [(int(a), int(b)) for a, b in drawn]) for drawn in sizes]


def _build(chance: random.Random, sizes: list[tuple[int, int]]) -> Template:
    """Return a request of a span a pair of (input, output) tokens; -1 fills the span up to EVEN_BYTES."""
    request = ExportTraceServiceRequest()
    resource_spans = request.resource_spans.add()
    service, region = chance.choice(SERVICES), chance.choice(REGIONS)
    resource = {
        "service.name": service,
        "service.version": "1.4.2",
        "service.instance.id": f"{service}-{chance.randrange(4)}",
        "deployment.environment.name": "production",
        "cloud.region": region,
        "telemetry.sdk.language": "python",
        "telemetry.sdk.name": "opentelemetry",
        "telemetry.sdk.version": "1.45.2",
    }
    resource_spans.resource.attributes.extend(_pairs(resource))
    scope_spans = resource_spans.scope_spans.add()
    scope_spans.scope.name = "opentelemetry.instrumentation.genai.openai"
    scope_spans.scope.version = "1.3.0"
    durations = []
    for number, (asked, answered) in enumerate(sizes):
        duration = int(chance.lognormvariate(20.5, 0.6))
        durations.append(duration)
        scope_spans.spans.append(_span(chance, asked, answered, number % ONE_IN_WITH_MAIL == 7, duration))
    return _located(request.SerializeToString(), [bytes(span.trace_id) for span in scope_spans.spans], durations)


def _span(chance: random.Random, asked: int, answered: int, with_mail: bool, duration: int) -> Span:
    provider, model, response_model, server = chance.choice(MODELS)
    mark = chance.randbytes(16)  # finds the span in the serialized request; patched over
    span = Span(
        trace_id=mark,
        span_id=mark[:8],
        parent_span_id=mark[8:],
        name=f"chat {model}",
        kind=Span.SPAN_KIND_CLIENT,
        start_time_unix_nano=1,
        end_time_unix_nano=2,
        flags=0x101,
    )
    known = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": provider,
        "gen_ai.request.model": model,
        "gen_ai.request.temperature": 0.7,
        "gen_ai.request.max_tokens": 4096,
        "gen_ai.request.stream": True,
        "gen_ai.response.model": response_model,
        "gen_ai.response.id": f"chatcmpl-{chance.getrandbits(96):024x}",
        "gen_ai.response.finish_reasons": ["stop"],
        "gen_ai.response.time_to_first_chunk": round(duration / 1e9 * chance.uniform(0.05, 0.4), 4),
        "gen_ai.conversation.id": f"{chance.getrandbits(64):016x}",
        "gen_ai.usage.input_tokens": asked if asked >= 0 else chance.randrange(40, 4000),
        "gen_ai.usage.output_tokens": answered if answered >= 0 else chance.randrange(10, 900),
        "server.address": server,
        "server.port": 443,
        "user.id": f"user-{chance.randrange(5000)}",
    }
    span.attributes.extend(_pairs(known))
    room = max(0, EVEN_BYTES - span.ByteSize() - 242)  # what the two messages' keys, roles and escapes take
    letters = (
        (room * 3 // 5, room * 2 // 5)
        if asked < 0
        else tuple(min(LONGEST, LETTERS_A_TOKEN * tokens) for tokens in (asked, answered))
    )
    prompt = _prose(chance, letters[0])
    if with_mail:
        prompt = f"{prompt[:-24]} anna.b{chance.randrange(100)}@example.org"
    span.attributes.extend(_pairs({"gen_ai.input.messages": _messages("user", prompt)}))
    answer = _prose(chance, letters[1])
    span.attributes.extend(_pairs({"gen_ai.output.messages": _messages("assistant", answer, finish_reason="stop")}))
    return span


def _prose(chance: random.Random, letters: int) -> str:
    start = chance.randrange(len(PROSE) - letters)
    return PROSE[start : start + letters]


def _messages(role: str, text: str, **more: str) -> str:
    return json.dumps([{"role": role, "parts": [{"type": "text", "content": text}], **more}], ensure_ascii=False)


def _pairs(values: dict[str, object]) -> list[KeyValue]:
    return [KeyValue(key=key, value=any_value(value)) for key, value in values.items()]


def _located(body: bytes, marks: list[bytes], durations: list[int]) -> Template:
    traces, ids, parents, starts = [], [], [], []
    at = 0
    for mark in marks:
        at = body.index(mark, at)
        traces.append(at)
        at = body.index(b"\x12\x08" + mark[:8], at) + 2
        ids.append(at)
        at = body.index(b"\x22\x08" + mark[8:], at) + 2
        parents.append(at)
        at = body.index(b"\x39" + (1).to_bytes(8, "little") + b"\x41", at) + 1
        starts.append(at)
    places = (np.array(found, dtype=np.int64) for found in (traces, ids, parents, starts, durations))
    return Template(np.frombuffer(body, dtype=np.uint8), *places)
