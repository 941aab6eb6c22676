"""Token ids that the OpenTelemetry SDK sends are scored while their segment is loaded, and are nowhere afterwards."""

from __future__ import annotations

import json

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

from policies.watermark.inspector import WatermarkInspector
from tests.integration.collecting import collecting
from tests.unit.policies.marked import KEY, decisions, marked_ids, policies, policy


def test_a_span_of_the_sdk_is_verified(engine, tmp_path):
    ids = marked_ids(2)
    inspector = WatermarkInspector(engine, policies(policy()), {"chat-eu": KEY})
    with collecting(tmp_path, engine, inspector=inspector) as collector:
        provider = TracerProvider(resource=Resource({"service.name": "writer"}))
        provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter(endpoint=collector.http)))
        tracer = provider.get_tracer("tests")
        for given in (ids[0], [*ids[1][:-1], ids[1][-1] + 2**33]):
            with tracer.start_as_current_span("chat llama-8b") as span:
                span.set_attribute("gen_ai.operation.name", "chat")
                span.set_attribute("gen_ai.request.model", "llama-8b")
                span.set_attribute("gen_ai.usage.output_tokens", len(given))
                span.set_attribute("spanwarden.output.token_ids", given)
        provider.shutdown()
        collector.await_stored(2)
        assert collector.loader.drain(10)
    found = sorted(str(row["verdict"]) for row in decisions(engine).values())
    assert found == ["not_evaluated", "present"]
    everything = json.dumps(engine.query("SELECT * FROM otel_traces").dicts(), default=str)
    assert "token_ids" not in everything
    assert f"{ids[0][0]}, {ids[0][1]}" not in everything
