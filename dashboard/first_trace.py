"""The first minute: Python that sends a first trace, as the terminal prints it and an empty page shows it."""

from __future__ import annotations

SNIPPET = """\
# pip install opentelemetry-sdk opentelemetry-exporter-otlp-proto-grpc
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

provider = TracerProvider(resource=Resource.create({{"service.name": "my-app"}}))
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint="{endpoint}", insecure=True)))
tracer = provider.get_tracer("first-trace")
with tracer.start_as_current_span("chat my-model") as span:
    span.set_attribute("gen_ai.operation.name", "chat")
    span.set_attribute("gen_ai.request.model", "my-model")
    span.set_attribute("gen_ai.usage.input_tokens", 12)
    span.set_attribute("gen_ai.usage.output_tokens", 34)
provider.shutdown()
"""


def snippet(endpoint: str) -> str:
    """Return the code for an OTLP/gRPC address such as ``http://127.0.0.1:4317``."""
    return SNIPPET.format(endpoint=endpoint)
