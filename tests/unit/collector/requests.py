"""Small OTLP requests for tests."""

import itertools
import os
import time

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

_numbers = itertools.count(1)


def request(spans=3, *, name="chat gpt-4o", service="chat", attributes=None, start_ns=None):
    """Return the bytes of a request of ``spans`` GenAI spans with ids of their own."""
    message = ExportTraceServiceRequest()
    resource_spans = message.resource_spans.add()
    _set(resource_spans.resource.attributes, {"service.name": service})
    scope_spans = resource_spans.scope_spans.add()
    scope_spans.scope.name = "tests"
    for _ in range(spans):
        span = scope_spans.spans.add()
        number = next(_numbers)
        span.trace_id = os.urandom(8) + number.to_bytes(8, "big")
        span.span_id = number.to_bytes(8, "big")
        span.name = name
        span.kind = 3
        span.start_time_unix_nano = start_ns or time.time_ns()
        span.end_time_unix_nano = span.start_time_unix_nano + 1_000_000
        _set(
            span.attributes,
            {
                "gen_ai.operation.name": "chat",
                "gen_ai.provider.name": "openai",
                "gen_ai.request.model": "gpt-4o",
                "gen_ai.usage.input_tokens": 100,
                "gen_ai.usage.output_tokens": 20,
                **(attributes or {}),
            },
        )
    return message.SerializeToString()


def _set(target, values):
    for key, value in values.items():
        attribute = target.add()
        attribute.key = key
        if isinstance(value, bool):
            attribute.value.bool_value = value
        elif isinstance(value, int):
            attribute.value.int_value = value
        elif isinstance(value, float):
            attribute.value.double_value = value
        elif isinstance(value, list):
            for each in value:
                attribute.value.array_value.values.add().string_value = each
        else:
            attribute.value.string_value = value
