"""The first minute: what to paste so that a first trace arrives."""

from __future__ import annotations

from urllib.parse import urlsplit

from dash import html

from dashboard.components.blocks import extra, icon

SNIPPET = """\
# pip install opentelemetry-sdk opentelemetry-exporter-otlp-proto-grpc
from opentelemetry import trace
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


def first_trace(endpoint: str) -> html.Div:
    """Return the snippet with its copy button; ``endpoint`` is the OTLP/gRPC address."""
    shown = SNIPPET.format(endpoint=endpoint)
    return html.Div(
        [
            html.Div(
                [
                    html.Span(f"Python, to {urlsplit(endpoint).netloc or endpoint}"),
                    html.Button(
                        [icon("copy"), "Copy"], className="button small", type="button", **extra(data_copy=shown)
                    ),
                ],
                className="snippet-head",
            ),
            html.Pre(html.Code(shown), tabIndex="0", **extra(aria_label="Code that sends a first trace")),
        ],
        className="snippet",
    )
