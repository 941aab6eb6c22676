"""What inference servers say in a window: levels, rises over restarts, quantiles by bucket, by engine and worker."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from collector.load import Loader
from collector.segment import encode_record, segment_id
from collector.signal import METRICS
from dashboard.address import Scope, Window
from dashboard.read.inference import Spread, quantile, read_workers
from spanwarden.wiring import stores_of
from storage.engine import Engine
from storage.redaction import NONE

BOUNDS = (0.1, 0.5, 1.0)
STEP = 15 * 10**9


class Scrapes:
    """A Collector's scrapes of some servers, as its Prometheus receiver sends them on."""

    def __init__(self, start_ns: int) -> None:
        self.start_ns = start_ns
        self.message = ExportMetricsServiceRequest()
        self.points = 0

    def server(self, worker: str):
        resource = self.message.resource_metrics.add()
        for key, value in (("service.name", "llm"), ("service.instance.id", worker)):
            resource.resource.attributes.add(key=key).value.string_value = value
        return resource.scope_metrics.add()

    def gauge(self, scope, name: str, *values: float, **labels: str) -> None:
        metric = scope.metrics.add(name=name)
        for number, value in enumerate(values):
            self._label(metric.gauge.data_points.add(time_unix_nano=self._at(number), as_double=value), labels)

    def counter(self, scope, name: str, *values: float, **labels: str) -> None:
        metric = scope.metrics.add(name=name)
        metric.sum.aggregation_temporality, metric.sum.is_monotonic = 2, True
        for number, value in enumerate(values):
            self._label(metric.sum.data_points.add(time_unix_nano=self._at(number), as_double=value), labels)

    def histogram(self, scope, name: str, *scrapes: tuple[float, tuple[int, ...]], **labels: str) -> None:
        metric = scope.metrics.add(name=name)
        metric.histogram.aggregation_temporality = 2
        for number, (total, counts) in enumerate(scrapes):
            point = metric.histogram.data_points.add(
                time_unix_nano=self._at(number),
                sum=total,
                count=sum(counts),
                bucket_counts=counts,
                explicit_bounds=BOUNDS,
            )
            self._label(point, labels)

    def load(self, engine: Engine, folder: Path) -> None:
        now = time.time_ns()
        path = folder / "closed" / f"{segment_id(now)}{METRICS.mark}.seg"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(encode_record(now, "default", now, self.points, self.message.SerializeToString()))
        Loader(folder, stores_of(engine, NONE)).load_one(path)

    def _at(self, number: int) -> int:
        return self.start_ns + number * STEP

    def _label(self, point, labels: dict[str, str]) -> None:
        self.points += 1
        for key, value in labels.items():
            point.attributes.add(key=key).value.string_value = value


@pytest.fixture
def workers(engine: Engine, tmp_path: Path):
    start = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=10)
    told = Scrapes(int(start.timestamp()) * 10**9)
    one, two, three = told.server("a:8000"), told.server("b:8000"), told.server("t:8002")
    vllm = {"model_name": "llama", "engine": "0"}
    told.gauge(one, "vllm:num_requests_running", 2, 4, 6, **vllm)
    told.gauge(one, "vllm:num_requests_waiting", 0, 9, 3, **vllm)
    told.gauge(one, "vllm:kv_cache_usage_perc", 0.5, 0.7, 0.9, **vllm)
    # The server starts anew between the second scrape and the third.
    told.counter(one, "vllm:generation_tokens_total", 1000, 1500, 200, **vllm)
    told.counter(one, "vllm:prefix_cache_queries_total", 0, 100, 400, **vllm)
    told.counter(one, "vllm:prefix_cache_hits_total", 0, 50, 100, **vllm)
    for reason, values in (("stop", (1, 2, 3)), ("length", (5, 5, 9))):
        told.counter(one, "vllm:request_success_total", *values, finished_reason=reason, **vllm)
    told.counter(one, "vllm:spec_decode_num_draft_tokens_total", 0, 10, 20, **vllm)
    told.counter(one, "vllm:spec_decode_num_accepted_tokens_total", 0, 8, 15, **vllm)
    first = (5.0, (50, 0, 0, 0))
    told.histogram(one, "vllm:time_to_first_token_seconds", first, (7.0, (54, 4, 0, 0)), (11.0, (54, 4, 8, 0)), **vllm)
    told.gauge(two, "sglang:num_running_reqs", 7, model_name="qwen", engine_type="decode")
    told.gauge(two, "sglang:cache_hit_rate", 0.25, model_name="qwen", engine_type="decode")
    told.counter(three, "nv_inference_request_success", 10, 30, model="m", version="1")
    told.counter(three, "nv_inference_queue_duration_us", 1000, 81000, model="m", version="1")
    told.load(engine, tmp_path)
    window = Window(start, start + timedelta(minutes=1))
    return {worker.worker: worker for worker in read_workers(engine, window, Scope())}


def test_levels_are_those_of_the_window(workers):
    one = workers["a:8000"]
    assert (one.engine, one.service, one.model) == ("vllm", "llm", "llama")
    running = one.gauges["running"]
    assert (running.now, running.mean, running.most) == (6, 4, 6)
    assert one.gauges["waiting"].most == 9
    assert one.gauges["kv_cache_use"].mean == pytest.approx(0.7)


def test_counters_rise_along_each_series_and_over_a_restart(workers):
    rises = workers["a:8000"].rises
    assert rises["generation_tokens"] == 500 + 200
    assert rises["requests"] == (3 - 1) + (9 - 5)
    assert workers["a:8000"].prefix_hit_share == 0.25
    assert workers["a:8000"].accepted_share == 0.75


def test_times_are_those_of_the_window_alone(workers):
    # What came after the first scrape: 4 below 0.1 s, 4 below 0.5, 8 below 1; 6 s in all.
    ttft = workers["a:8000"].times["ttft_ms"]
    assert (ttft.count, ttft.mean) == (16, pytest.approx(6000 / 16))
    assert ttft.p50 == pytest.approx(500)
    assert ttft.p90 == pytest.approx(500 + 500 * (14.4 - 8) / 8)


def test_other_engines_stand_beside_it(workers):
    assert (workers["b:8000"].engine, workers["b:8000"].role) == ("sglang", "decode")
    assert workers["b:8000"].prefix_hit_share == 0.25
    triton = workers["t:8002"]
    assert triton.engine == "triton"
    assert triton.times["queue_ms"] == Spread(20, pytest.approx(80 / 20))


@pytest.mark.parametrize(
    ("share", "counts", "value"),
    [(0.5, (0, 0, 0, 0), None), (0.5, (2, 0, 0, 0), 0.05), (1.0, (0, 0, 0, 5), 1.0), (0.99, (0, 100, 0, 0), 0.496)],
)
def test_a_quantile_lies_straight_within_its_bucket(share, counts, value):
    assert quantile(share, BOUNDS, counts) == (value if value is None else pytest.approx(value))
