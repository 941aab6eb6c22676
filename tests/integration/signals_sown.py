"""Secrets in every place of log records and of data points that can carry text."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValueList

from tests.integration.secrets_sown import Sower, nested, string

RECORDS, POINTS = 6, 5


def log_request(sower: Sower, trace: bytes) -> ExportLogsServiceRequest:
    """Return a request of ``RECORDS`` log records, those of GenAI events belong to the trace's second span."""
    sow = sower.text
    message = ExportLogsServiceRequest()
    whole = message.resource_logs.add(schema_url=sow("logs resource schema url"))
    scope = whole.scope_logs.add(schema_url=sow("logs scope schema url"))
    _around(sow, "logs", whole.resource, scope.scope)
    now = time.time_ns()

    def record(**given: Any) -> Any:
        return scope.log_records.add(time_unix_nano=now, trace_id=trace, span_id=bytes([*trace[:7], 2]), **given)

    plain = record(event_name=sow("log event name"), severity_text=sow("log severity text"))
    plain.body.string_value = sow("log body")
    plain.attributes.extend(nested(sow, "log"))
    fields = record(event_name="gen_ai.user.message").body.kvlist_value
    fields.values.append(string("content", sow("log body kvlist")))
    fields.values.append(string(sow("log body kvlist key"), "v"))
    inner = KeyValueList(values=[string("content", sow("log choice"))])
    record(event_name="gen_ai.choice").body.kvlist_value.values.add(key="message").value.kvlist_value.CopyFrom(inner)
    items = [AnyValue(string_value=sow("log body array")), AnyValue(array_value=ArrayValue(
        values=[AnyValue(string_value=sow("log body list of lists"))]))]  # fmt: skip
    record().body.array_value.values.extend(items)
    record().body.string_value = json.dumps({"said": sow("log body JSON in a string")})
    details = record(event_name="gen_ai.client.inference.operation.details")
    for key in ("gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.system_instructions"):
        parts = [{"role": "user", "parts": [{"type": "text", "content": sow(f"log {key}")}]}]
        details.attributes.append(string(key, json.dumps(parts)))
    return message


def metric_request(sower: Sower) -> ExportMetricsServiceRequest:
    """Return a request of ``POINTS`` data points, one a kind."""
    sow = sower.text
    message = ExportMetricsServiceRequest()
    whole = message.resource_metrics.add(schema_url=sow("metrics resource schema url"))
    scope = whole.scope_metrics.add(schema_url=sow("metrics scope schema url"))
    _around(sow, "metrics", whole.resource, scope.scope)
    now = time.time_ns()
    kinds = ("gauge", "sum", "histogram", "exponential_histogram", "summary")
    for number, kind in enumerate(kinds):
        names = {"name": sow("metric name"), "description": sow("metric description"), "unit": sow("metric unit")}
        metric = scope.metrics.add(**(names if number < 1 else {"name": kind}))
        metric.metadata.append(string("metadata", sow(f"{kind} metadata")))
        point = getattr(metric, kind).data_points.add(time_unix_nano=now)
        point.attributes.append(string(sow(f"{kind} key"), sow(f"{kind} value")))
        if kind != "summary":
            exemplar = point.exemplars.add(time_unix_nano=now)
            exemplar.filtered_attributes.append(string(sow(f"{kind} exemplar key"), sow(f"{kind} exemplar value")))
        if kind == "sum":
            point.attributes.extend(nested(sow, kind))
    return message


def _around(sow: Callable[[str], str], what: str, resource: Any, scope: Any) -> None:
    resource.attributes.append(string("service.name", sow(f"{what} service name")))
    resource.attributes.append(string(sow(f"{what} resource key"), sow(f"{what} resource value")))
    scope.name, scope.version = sow(f"{what} scope name"), sow(f"{what} scope version")
    scope.attributes.append(string(sow(f"{what} scope key"), sow(f"{what} scope value")))
