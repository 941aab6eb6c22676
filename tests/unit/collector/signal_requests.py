"""OTLP requests of logs and of metrics for tests."""

import os
import time

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from collector.wire import delimited

CUMULATIVE = 2


def logs(records=3, *, body="a line", service="chat", attributes=None):
    """Return an ExportLogsServiceRequest of ``records`` records with ids of their own."""
    message = ExportLogsServiceRequest()
    resource = message.resource_logs.add(schema_url="resource")
    resource.resource.attributes.add(key="service.name").value.string_value = service
    scope = resource.scope_logs.add(schema_url="scope")
    scope.scope.name = "tests"
    for number in range(records):
        record = scope.log_records.add(
            time_unix_nano=time.time_ns(), observed_time_unix_nano=time.time_ns(), severity_number=9,
            severity_text="INFO", trace_id=os.urandom(16), span_id=os.urandom(8), flags=1, event_name="e",
        )  # fmt: skip
        record.body.string_value = f"{body} {number}"
        for key, value in (attributes or {"key": "value"}).items():
            record.attributes.add(key=key).value.string_value = value
    return message


def metrics(points=2, *, service="vllm"):
    """Return an ExportMetricsServiceRequest with a metric of each kind, each of ``points`` points."""
    message = ExportMetricsServiceRequest()
    resource = message.resource_metrics.add()
    resource.resource.attributes.add(key="service.name").value.string_value = service
    scope = resource.scope_metrics.add()
    scope.scope.name = "tests"
    one = {kind: scope.metrics.add(name=kind, unit="s", description=f"a {kind}") for kind in KINDS}
    for number in range(points):
        at = {"time_unix_nano": time.time_ns() + number, "start_time_unix_nano": time.time_ns()}
        counted = {"count": 3, "sum": 1.5, **at}
        of_kind = [
            one["gauge"].gauge.data_points.add(as_double=0.5, **at),
            one["sum"].sum.data_points.add(as_int=-number, **at),
            one["histogram"].histogram.data_points.add(
                bucket_counts=[1, 0, 2**40], explicit_bounds=[0.5, 1.0], min=0.1, max=9.0, **counted
            ),
            one["exponential"].exponential_histogram.data_points.add(scale=-2, zero_count=1, **counted),
            one["summary"].summary.data_points.add(**counted),
        ]
        of_kind[3].positive.offset, of_kind[3].negative.offset = -7, 3
        of_kind[3].positive.bucket_counts.extend([1, 300, 2**63])
        of_kind[4].quantile_values.add(quantile=0.5, value=1.25)
        for point in of_kind:
            point.attributes.add(key="model").value.string_value = "m"
        exemplar = of_kind[0].exemplars.add(
            as_int=-1, span_id=os.urandom(8), trace_id=os.urandom(16), **dict([*at.items()][:1])
        )
        exemplar.filtered_attributes.add(key="user").value.string_value = "u"
    one["sum"].sum.is_monotonic = True
    one["sum"].sum.aggregation_temporality = CUMULATIVE
    one["histogram"].histogram.aggregation_temporality = CUMULATIVE
    return message


KINDS = ("gauge", "sum", "histogram", "exponential", "summary")


def of_metric(metric: bytes) -> bytes:
    """Return the serialized request around one serialized Metric."""
    return delimited(1, delimited(2, delimited(2, metric)))


def of_record(record: bytes) -> bytes:
    """Return the serialized request around one serialized LogRecord."""
    return delimited(1, delimited(2, delimited(2, record)))
