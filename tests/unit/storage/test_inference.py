"""Each inference server's metrics under one name, as they come through a Collector's Prometheus receiver."""

from __future__ import annotations

import time
from typing import Any

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from collector.load import Loader
from collector.segment import encode_record, segment_id
from spanwarden.wiring import stores_of
from storage.inference.measure import MEASURES, Metric
from storage.inference.registry import ENGINES
from storage.redaction import NONE

LINES = [(engine, metric) for engine, metrics in ENGINES.items() for metric in metrics]
BOUNDS = [0.1, 1.0]


def prometheus(name: str, *, colons: bool, total: bool) -> str:
    """A metric's name as a server shows it, or as an exporter wrote it on its way."""
    engine, _, rest = name.partition("_")
    shown = f"{engine}:{rest}" if colons and engine in ("vllm", "sglang") else name
    return f"{shown}_total" if total else shown


def scraped(lines: list[tuple[str, Metric]], *, colons: bool) -> ExportMetricsServiceRequest:
    """One point a line, of the type that the server gives it."""
    message = ExportMetricsServiceRequest()
    resource = message.resource_metrics.add()
    for key, value in (("service.name", "inference"), ("service.instance.id", "10.0.0.1:8000")):
        resource.resource.attributes.add(key=key).value.string_value = value
    scope = resource.scope_metrics.add()
    for number, (_, metric) in enumerate(lines, 1):
        total = metric.kind == "counter" and not metric.of and not metric.name.endswith("_us")
        told = scope.metrics.add(name=prometheus(metric.name, colons=colons, total=total))
        at = time.time_ns()
        point: Any
        if metric.kind == "histogram" or metric.of:
            told.histogram.aggregation_temporality = 2
            point = told.histogram.data_points.add(
                time_unix_nano=at, count=number, sum=number, bucket_counts=[number, 0, 0], explicit_bounds=BOUNDS
            )
        elif metric.kind == "counter":
            told.sum.aggregation_temporality, told.sum.is_monotonic = 2, True
            point = told.sum.data_points.add(time_unix_nano=at, as_double=number)
        else:
            point = told.gauge.data_points.add(time_unix_nano=at, as_double=number)
        labels = {"model_name": "m", "engine": "1", **dict([metric.label.split("=")] if metric.label else [])}
        for key, value in labels.items():
            point.attributes.add(key=key).value.string_value = value
    return message


def load(engine, folder, message: ExportMetricsServiceRequest, points: int) -> None:
    now = time.time_ns()
    path = folder / "closed" / f"{segment_id(now)}-metrics.seg"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(encode_record(now, "default", now, points, message.SerializeToString()))
    Loader(folder, stores_of(engine, NONE)).load_one(path)


@pytest.mark.parametrize("colons", [True, False])
def test_every_line_of_the_mapping_finds_its_metric(engine, tmp_path, colons):
    load(engine, tmp_path, scraped(LINES, colons=colons), len(LINES))
    asked = "SELECT engine, measure, value, kind, bounds, worker, model FROM inference_metrics"
    rows = engine.query(asked).rows
    for number, (name, metric) in enumerate(LINES, 1):
        own = [row for row in rows if row[:2] == (name, metric.measure)]
        row = next(row for row in own if row[2] == pytest.approx(number * metric.factor))
        wanted = [bound * metric.factor for bound in BOUNDS] if metric.kind == "histogram" else []
        assert (row[3], row[5], row[6]) == (metric.kind, "10.0.0.1:8000#1", "m")
        assert row[4] == pytest.approx(wanted)


def test_every_line_has_a_measure_and_a_name_that_a_scrape_can_have():
    for _, metric in LINES:
        assert metric.measure in MEASURES
        assert ":" not in metric.name
        assert not metric.name.endswith("_total")
        assert metric.measure.endswith("_ms") == (MEASURES[metric.measure] == "ms")


def test_what_is_stale_or_of_another_is_left_out(engine, tmp_path):
    message = scraped([("vllm", ENGINES["vllm"][0])] * 2, colons=True)
    metrics = message.resource_metrics[0].scope_metrics[0].metrics
    metrics[0].gauge.data_points[0].flags = 1
    metrics[1].name = "vllm:num_requests_running_elsewhere"
    load(engine, tmp_path, message, 2)
    assert engine.query("SELECT count() FROM inference_metrics").rows == [(0,)]
    assert engine.query("SELECT count() FROM otel_metrics_gauge").rows == [(2,)]
