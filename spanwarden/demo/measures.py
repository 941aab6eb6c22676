"""The engines' figures as OTLP metrics, named as vLLM and SGLang name them and as a Collector's Prometheus receiver
passes them on: counters and histograms since the server's start, gauges as they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import InstrumentationScope, KeyValue
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    AggregationTemporality,
    HistogramDataPoint,
    Metric,
    NumberDataPoint,
    ResourceMetrics,
    ScopeMetrics,
)
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from spanwarden.demo.engines import GAP_BOUNDS, SGLANG, TTFT_BOUNDS, Series, Shift, Worker
from spanwarden.demo.otlp import any_value

SCOPE = "github.com/open-telemetry/opentelemetry-collector-contrib/receiver/prometheusreceiver"
CUMULATIVE = AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE
MOMENTS_A_REQUEST = 48

GAUGES: dict[str, dict[str, str]] = {
    "vllm": {
        "running": "vllm:num_requests_running",
        "waiting": "vllm:num_requests_waiting",
        "kv_usage": "vllm:kv_cache_usage_perc",
    },
    "sglang": {
        "running": "sglang:num_running_reqs",
        "waiting": "sglang:num_queue_reqs",
        "kv_usage": "sglang:token_usage",
    },
}
COUNTERS: dict[str, dict[str, str]] = {
    "vllm": {
        "preemptions": "vllm:num_preemptions_total",
        "prefix_queries": "vllm:prefix_cache_queries_total",
        "prefix_hits": "vllm:prefix_cache_hits_total",
        "drafted": "vllm:spec_decode_num_draft_tokens_total",
        "accepted": "vllm:spec_decode_num_accepted_tokens_total",
        "requests": "vllm:request_success_total",
    },
    "sglang": {"requests": "sglang:num_requests_total"},
}


def metric_requests(shifts: Sequence[Shift], at_once: int = MOMENTS_A_REQUEST) -> Iterator[bytes]:
    """Yield serialized ExportMetricsServiceRequest messages, in time's order: all workers' next moments in each."""
    tellers = [_Teller(shift) for shift in shifts]
    moments = len(shifts[0].times_ns) if shifts else 0
    for first in range(0, moments, at_once):
        rows = range(first, min(first + at_once, moments))
        told = [_resource_metrics(teller.shift.worker, teller.metrics(rows)) for teller in tellers]
        yield ExportMetricsServiceRequest(resource_metrics=told).SerializeToString()


def count_points(shifts: Sequence[Shift]) -> int:
    """Return how many data points ``metric_requests`` tells."""
    return sum(len(shift.times_ns) * len(_Teller(shift).metrics(range(1))) for shift in shifts)


class _Teller:
    """Tells one worker's figures."""

    def __init__(self, shift: Shift) -> None:
        self.shift = shift
        self.attributes = _attributes(shift.worker)
        engine = shift.worker.engine
        self.gauges = {name: getattr(shift, key) for key, name in GAUGES[engine].items()}
        if engine == SGLANG:  # SGLang tells shares of the moment where vLLM counts
            self.gauges["sglang:cache_hit_rate"] = shift.prefix_hits / np.maximum(1.0, shift.prefix_queries)
            self.gauges["sglang:spec_accept_rate"] = shift.accepted / np.maximum(1.0, shift.drafted)
        self.counters = {name: shift.totals(getattr(shift, key)) for key, name in COUNTERS[engine].items()}
        self.histograms = {
            f"{engine}:time_to_first_token_seconds": _cumulative(shift, shift.ttft, shift.ttft_sum, TTFT_BOUNDS),
            f"{engine}:inter_token_latency_seconds": _cumulative(shift, shift.gap, shift.gap_sum, GAP_BOUNDS),
        }

    def metrics(self, rows: range) -> list[Metric]:
        """Return the moments ``rows`` of every figure."""
        told = []
        for name, values in self.gauges.items():
            told.append(Metric(name=name))
            told[-1].gauge.data_points.extend(self._numbers(values, rows, 0))
        for name, values in self.counters.items():
            told.append(Metric(name=name))
            self._sum(told[-1], values, rows)
        for name, histogram in self.histograms.items():
            told.append(Metric(name=name))
            self._histogram(told[-1], histogram, rows)
        return told

    def _numbers(self, values: Series, rows: range, since: int) -> Iterator[NumberDataPoint]:
        for row in rows:
            yield NumberDataPoint(
                attributes=self.attributes,
                time_unix_nano=int(self.shift.times_ns[row]),
                start_time_unix_nano=int(self.shift.started_ns[row]) * since,
                as_double=float(values[row]),
            )

    def _sum(self, metric: Metric, values: Series, rows: range) -> None:
        metric.sum.aggregation_temporality = CUMULATIVE
        metric.sum.is_monotonic = True
        metric.sum.data_points.extend(self._numbers(values, rows, 1))

    def _histogram(self, metric: Metric, told: tuple[Series, Series, Sequence[float]], rows: range) -> None:
        counts, sums, bounds = told
        metric.histogram.aggregation_temporality = CUMULATIVE
        for row in rows:
            whole = counts[row].astype(int).tolist()
            metric.histogram.data_points.append(
                HistogramDataPoint(
                    attributes=self.attributes,
                    time_unix_nano=int(self.shift.times_ns[row]),
                    start_time_unix_nano=int(self.shift.started_ns[row]),
                    count=sum(whole),
                    sum=float(sums[row]),
                    bucket_counts=whole,
                    explicit_bounds=bounds,
                )
            )


def _cumulative(
    shift: Shift, counts: Series, sums: Series, bounds: Sequence[float]
) -> tuple[Series, Series, Sequence[float]]:
    return shift.totals(counts), shift.totals(sums), bounds


def _attributes(worker: Worker) -> list[KeyValue]:
    own = {"engine_type": "unified", "tp_rank": "0"} if worker.engine == SGLANG else {"engine": "0"}
    return [KeyValue(key=key, value=any_value(value)) for key, value in {"model_name": worker.model, **own}.items()]


def _resource_metrics(worker: Worker, metrics: list[Metric]) -> ResourceMetrics:
    host, port = worker.name.split(":")
    named = {
        "service.name": worker.engine,
        "service.instance.id": worker.name,
        "server.address": host,
        "server.port": port,
        "url.scheme": "http",
        "cloud.region": worker.region,
        "deployment.environment.name": "production",
    }
    resource = Resource(attributes=[KeyValue(key=key, value=any_value(value)) for key, value in named.items()])
    scope = InstrumentationScope(name=SCOPE, version="0.140.0")
    return ResourceMetrics(resource=resource, scope_metrics=[ScopeMetrics(scope=scope, metrics=metrics)])
