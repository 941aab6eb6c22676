"""The OpenTelemetry SDK of a drive: traces, logs and metrics go to the sink that the environment names."""

from __future__ import annotations

from opentelemetry import metrics, trace
from opentelemetry._logs import set_logger_provider
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor


class Telemetry:
    """Providers of all three signals, made global; leaving the block sends what is left."""

    def __init__(self, service: str) -> None:
        resource = Resource.create({"service.name": service, "service.version": "1.0"})
        self.tracers = TracerProvider(resource=resource)
        self.tracers.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self.loggers = LoggerProvider(resource=resource)
        self.loggers.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter()))
        # Only what the last flush collects: one point a series.
        reader = PeriodicExportingMetricReader(OTLPMetricExporter(), export_interval_millis=600_000)
        self.meters = MeterProvider(resource=resource, metric_readers=[reader])
        trace.set_tracer_provider(self.tracers)
        set_logger_provider(self.loggers)
        metrics.set_meter_provider(self.meters)
        self.tracer = self.tracers.get_tracer("capture")

    def __enter__(self) -> Telemetry:
        return self

    def __exit__(self, *_: object) -> None:
        self.tracers.shutdown()
        self.loggers.shutdown()
        self.meters.shutdown()
