"""Logs and metrics before the spool: what stays, what is mended, what is refused; in JSON as in protobuf."""

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from collector.errors import TooMany, Undecodable
from collector.limits import Limits
from collector.otlp_json import request_from_json
from collector.segment import encode_record
from collector.signal import LOGS, METRICS, TRACES
from collector.spool import Spool, SpoolConfig
from collector.validate import check
from collector.wire import delimited
from tests.unit.collector.signal_requests import logs, metrics, of_metric, of_record
from tests.unit.collector.twin import json_twin

LIMITS = Limits()
MANY = 100_000


@pytest.mark.parametrize(("signal", "message", "items"), [(LOGS, logs(5), 5), (METRICS, metrics(4), 20)])
def test_a_sound_request_stays_byte_for_byte_and_is_counted(signal, message, items):
    body = message.SerializeToString()
    checked = check(body, LIMITS, signal)
    assert checked.body is body
    assert (checked.items, checked.rejected) == (items, 0)


@pytest.mark.parametrize(("signal", "message"), [(LOGS, logs(2)), (METRICS, metrics(2))])
def test_its_json_twin_is_the_same_request(signal, message):
    body = message.SerializeToString()
    assert request_from_json(json_twin(body, signal), MANY, signal) == body


@pytest.mark.parametrize("place", ["body", "attribute"])
def test_a_log_record_of_nested_values_becomes_text(place):
    message = logs(1)
    record = message.resource_logs[0].scope_logs[0].log_records[0]
    value = record.body if place == "body" else record.attributes[0].value
    inner = value.kvlist_value.values.add(key="role").value
    inner.array_value.values.add(int_value=2**60)
    stored = ExportLogsServiceRequest.FromString(check(message.SerializeToString(), LIMITS, LOGS).body)
    record = stored.resource_logs[0].scope_logs[0].log_records[0]
    value = record.body if place == "body" else record.attributes[0].value
    assert value.string_value == f'{{"role":[{2**60}]}}'


@pytest.mark.parametrize(("value", "text"), [(b"\x2a\x00", "[]"), (b"\x3a\x02\x00\xff", "AP8="), (b"\x32\x00", "{}")])
def test_a_body_that_the_engine_could_not_tell_becomes_text(value, text):
    stored = ExportLogsServiceRequest.FromString(check(of_record(delimited(5, value)), LIMITS, LOGS).body)
    assert stored.resource_logs[0].scope_logs[0].log_records[0].body.string_value == text


@pytest.mark.parametrize("number", [b"\x02", b"\xff\x01", b"\x80\x80\x01"])
def test_a_body_that_is_any_number_but_zero_is_true(number):
    checked = check(of_record(delimited(5, b"\x10" + number)), LIMITS, LOGS)
    assert checked.body.endswith(b"\x10\x01")


def test_of_two_kinds_of_data_the_last_counts_as_protobuf_says():
    point = delimited(1, b"\x31" + b"\1" * 8)
    twice = of_metric(b"\x0a\x01m" + delimited(5, point + point) + delimited(7, point))
    checked = check(twice, LIMITS, METRICS)
    metric = ExportMetricsServiceRequest.FromString(checked.body).resource_metrics[0].scope_metrics[0].metrics[0]
    assert (checked.items, metric.WhichOneof("data"), len(metric.sum.data_points)) == (1, "sum", 1)


@pytest.mark.parametrize("spelled", [b"\x80\x00", b"\x81" + b"\x80" * 8 + b"\x00", b"\x05\x85\x80\x00\x05"])
def test_counts_of_a_needless_spelling_are_written_anew(spelled):
    """The engine's reader refuses some of them; protobuf's takes them all."""
    checked = check(of_metric(delimited(10, delimited(1, delimited(8, delimited(2, spelled))))), LIMITS, METRICS)
    metric = ExportMetricsServiceRequest.FromString(checked.body).resource_metrics[0].scope_metrics[0].metrics[0]
    counts = metric.exponential_histogram.data_points[0].positive.bucket_counts
    assert list(counts) in ([0], [1], [5, 5, 5])
    assert delimited(2, bytes(counts)) in checked.body


def test_buckets_that_are_not_packed_are_packed():
    spread = b"".join(b"\x31" + bytes([n]) + bytes(7) for n in (1, 2, 3))
    checked = check(of_metric(delimited(9, delimited(1, spread))), LIMITS, METRICS)
    metric = ExportMetricsServiceRequest.FromString(checked.body).resource_metrics[0].scope_metrics[0].metrics[0]
    assert list(metric.histogram.data_points[0].bucket_counts) == [1, 2, 3]
    assert delimited(6, b"".join(bytes([n]) + bytes(7) for n in (1, 2, 3))) in checked.body


@pytest.mark.parametrize(
    "metric",
    [
        delimited(9, delimited(1, delimited(6, bytes(7)))),
        delimited(9, delimited(1, delimited(7, bytes(9)))),
        delimited(10, delimited(1, delimited(8, delimited(2, b"\x01\x80")))),
        delimited(10, delimited(1, delimited(8, delimited(2, b"\xff" * 10 + b"\x01")))),
    ],
)
def test_buckets_that_are_no_whole_numbers_are_refused(metric):
    with pytest.raises(Undecodable, match="ExportMetricsServiceRequest"):
        check(of_metric(metric), LIMITS, METRICS)


@pytest.mark.parametrize("signal", [LOGS, METRICS])
@pytest.mark.parametrize("body", [b"\xff", b"\x0a\x05abc", b"\x0a\x02\x0a\xff", b"\x0a\x06\x12\x04\x12\x02\x1a\xff"])
def test_what_is_malformed_is_refused(signal, body):
    with pytest.raises(Undecodable):
        check(body, LIMITS, signal)


@pytest.mark.parametrize(
    ("signal", "item"),
    [
        (LOGS, delimited(6, b"") * 1_025),
        (METRICS, delimited(5, delimited(1, delimited(7, b"") * 1_025))),
        (METRICS, delimited(5, delimited(1, delimited(5, b"") * 1_025))),
        (METRICS, delimited(9, delimited(1, delimited(6, bytes(8 * 1_025))))),
        (METRICS, delimited(10, delimited(1, delimited(8, delimited(2, bytes(3_000)))))),
        (METRICS, delimited(11, delimited(1, delimited(6, b"") * 1_025))),
        (METRICS, delimited(11, b"\x0a\x00" * 50_001)),
    ],
)
def test_an_item_of_too_many_parts_is_refused(signal, item):
    with pytest.raises(TooMany):
        check(delimited(1, delimited(2, delimited(2, item))), LIMITS, signal)


def test_each_signal_has_a_segment_of_its_own_and_a_crash_keeps_both(tmp_path):
    spool = Spool(tmp_path / "spool", SpoolConfig(min_free_bytes=0))
    stored = [
        spool.append("default", b"the same", 1),
        spool.append("default", b"the same", 2, LOGS),
        spool.append("default", b"the same", 3, METRICS),
    ]
    assert [future.result(10) for future in stored] == [True, True, True]
    spool.close()
    names = [
        path.name[36:] for path in sorted((tmp_path / "spool" / "closed").iterdir(), key=lambda path: path.name[36:])
    ]
    assert names == ["-logs.seg", "-metrics.seg", ".seg"]
    left = tmp_path / "spool" / "open" / f"{'0' * 36}-logs.seg"
    left.write_bytes(encode_record(10**18, "default", 1, 1, b"left open"))
    again = Spool(tmp_path / "spool", SpoolConfig(min_free_bytes=0))
    assert again.append("default", b"left open", 1, LOGS).result(10) is False
    assert again.append("default", b"left open", 1, TRACES).result(10) is True
    again.close()


def test_a_segment_of_a_signal_that_is_not_known_yet_is_left_alone(tmp_path):
    (tmp_path / "spool" / "open").mkdir(parents=True)
    strange = tmp_path / "spool" / "open" / f"{'0' * 36}-profiles.seg"
    strange.write_bytes(encode_record(10**18, "default", 1, 1, b"of a later release"))
    Spool(tmp_path / "spool", SpoolConfig(min_free_bytes=0)).close()
    assert strange.exists()
