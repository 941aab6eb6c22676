"""The demo's logs and metrics, read back from their own bytes."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from spanwarden.demo.generate import Demo, generate
from tests.unit.demo.reading import read

START = datetime(2026, 11, 9, 7, 0, tzinfo=UTC)  # a Monday
EVENT = "gen_ai.client.inference.operation.details"


@pytest.fixture(scope="module")
def demo() -> Demo:
    return generate(12, start=START, days=1)


@pytest.fixture(scope="module")
def metrics(demo: Demo) -> list:
    """(worker, metric) for each metric of each request."""
    requests = map(ExportMetricsServiceRequest.FromString, demo.metric_requests())
    return [
        (worker(one), metric) for body in requests for one in body.resource_metrics
        for metric in one.scope_metrics[0].metrics
    ]  # fmt: skip


def worker(one) -> str:
    return next(entry.value.string_value for entry in one.resource.attributes if entry.key == "service.instance.id")


def test_counters_and_buckets_only_grow_until_their_server_starts_anew(metrics):
    told = defaultdict(list)
    for name, metric in metrics:
        for point in metric.sum.data_points:
            told[name, metric.name].append((point.start_time_unix_nano, point.time_unix_nano, (point.as_double,)))
        for point in metric.histogram.data_points:
            assert sum(point.bucket_counts) == point.count
            assert len(point.bucket_counts) == len(point.explicit_bounds) + 1
            buckets = tuple(point.bucket_counts)
            told[name, metric.name].append((point.start_time_unix_nano, point.time_unix_nano, buckets))
    starts = {name: {one[0] for one in points} for (name, _), points in told.items()}
    assert sorted(map(len, starts.values())) == [1, 1, 1, 2]
    for points in told.values():
        assert [one[1] for one in points] == sorted(one[1] for one in points)
        for (began, _, before), (again, _, after) in pairwise(points):
            if began == again:
                assert all(low <= high for low, high in zip(before, after, strict=True))
            else:
                assert sum(after) < sum(before)


def test_the_worker_with_too_much_to_do_is_full_queues_and_preempts(metrics):
    worst = defaultdict(float)
    for name, metric in metrics:
        for point in (*metric.gauge.data_points, *metric.sum.data_points):
            worst[name, metric.name] = max(worst[name, metric.name], point.as_double)
    full = {name for (name, metric), value in worst.items() if "kv_cache_usage" in metric and value > 0.95}
    assert full == {"vllm-1.internal:8000"}
    assert worst["vllm-1.internal:8000", "vllm:num_requests_waiting"] > 10
    assert worst["vllm-1.internal:8000", "vllm:num_preemptions_total"] > 10
    assert worst["vllm-0.internal:8000", "vllm:num_preemptions_total"] == 0


def test_the_restarted_worker_finds_few_prefixes_from_then_on(metrics):
    points = [
        (point.time_unix_nano, point.as_double) for name, metric in metrics for point in metric.gauge.data_points
        if (name, metric.name) == ("sglang-1.internal:30000", "sglang:cache_hit_rate")
    ]  # fmt: skip
    shares = [share for _, share in sorted(points)]
    assert min(shares[: len(shares) // 2]) > 0.5
    assert max(shares[-len(shares) // 4 :]) < 0.3


def test_events_carry_what_their_spans_leave_out(demo):
    spans = {(row.trace, row.span): row for row in read(demo)}
    found = 0
    for body in map(ExportLogsServiceRequest.FromString, demo.log_requests()):
        for record in (one for r in body.resource_logs for s in r.scope_logs for one in s.log_records):
            row = spans[record.trace_id.hex(), record.span_id.hex()]
            assert record.time_unix_nano == row.end_ns
            if record.event_name == EVENT:
                found += 1
                said = {entry.key: entry.value for entry in record.attributes}
                message = said["gen_ai.input.messages"].array_value.values[0].kvlist_value
                assert {entry.key for entry in message.values} == {"role", "parts"}
                assert "gen_ai.input.messages" not in row.attributes
                assert ("gen_ai.output.messages" in said) == (not row.error)
    assert found > 50
