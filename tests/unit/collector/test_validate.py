"""What can be stored stays as it came; what cannot is mended or left out; what is too much costs no memory."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from collector.errors import TooLarge, TooMany, Undecodable
from collector.limits import Limits
from collector.validate import check
from tests.unit.collector.requests import request

LIMITS = Limits()


def message(**given):
    return ExportTraceServiceRequest.FromString(request(3, **given))


def checked_spans(body):
    checked = check(body, LIMITS)
    return [
        span
        for resource in ExportTraceServiceRequest.FromString(checked.body).resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]


def test_a_sound_request_stays_byte_for_byte():
    body = request(5, attributes={"a": "ü", "b": True, "c": 1, "d": 0.5, "e": ["x"], "f": ""})
    checked = check(body, LIMITS)
    assert checked.body is body
    assert (checked.items, checked.rejected, checked.message) == (5, 0, "")


def test_what_looks_like_an_odd_boolean_is_not_mended():
    given = ExportTraceServiceRequest.FromString(request(2, attributes={"id": "0123456789abcdef", "sure": True}))
    for span in given.resource_spans[0].scope_spans[0].spans:
        span.span_id = b"\x10" + b"\xc3\xa9\x07\x12\x99\x10\x0b"
    body = given.SerializeToString()
    assert b"\x12\x12\x0a\x10" in body
    assert b"\x12\x08\x10" in body
    assert check(body, LIMITS).body is body


@pytest.mark.parametrize(
    "number",
    [
        b"\x02",
        b"\x7f",
        b"\xff\x01",
        b"\x80\x80\x01",
        b"\x80" * 5 + b"\x01",
        b"\x80" * 6 + b"\x01",
        b"\xff" * 8 + b"\x01",
    ],
)
def test_a_boolean_of_any_number_but_zero_is_true(number):
    plain = message()
    span = plain.resource_spans[0].scope_spans[0].spans[0]
    # What ends the request can be made longer when every length above it is written anew.
    odd = span.SerializeToString() + _delimited(0x4A, b"\x0a\x04flag" + _delimited(0x12, b"\x10" + number))
    body = _delimited(0x0A, _delimited(0x12, _delimited(0x12, odd)))
    (stored,) = checked_spans(body)
    assert stored.attributes[-1].value.bool_value is True
    assert check(body, LIMITS).body.endswith(b"\x10\x01")


def test_an_odd_boolean_inside_an_array_is_mended_too():
    odd = b"\x0a\x10" + b"\1" * 16 + b"\x12\x08" + b"\1" * 8
    odd += _delimited(0x4A, b"\x0a\x04flag" + _delimited(0x12, _delimited(0x2A, _delimited(0x0A, b"\x10\x11"))))
    checked = check(_delimited(0x0A, _delimited(0x12, _delimited(0x12, odd))), LIMITS)
    assert checked.body.endswith(b"\x10\x01")


def _delimited(tag, content):
    assert len(content) < 1 << 14
    size = bytes([len(content)]) if len(content) < 128 else bytes([len(content) & 127 | 128, len(content) >> 7])
    return bytes([tag]) + size + content


def test_nested_values_bytes_and_empty_arrays_become_text():
    given = message()
    span = given.resource_spans[0].scope_spans[0].spans[0]
    tree = span.attributes.add(key="tree").value.kvlist_value.values.add(key="a").value.array_value
    tree.values.add(int_value=2**60)
    tree.values.add(double_value=float("nan"))
    span.attributes.add(key="raw").value.bytes_value = b"\0\xff"
    span.attributes.add(key="none").value.array_value.SetInParent()
    span.events.add(name="e").attributes.add(key="deep").value.array_value.values.add().array_value.values.add(
        string_value="ü"
    )
    given.resource_spans[0].resource.attributes.add(key="r").value.kvlist_value.SetInParent()
    first = checked_spans(given.SerializeToString())[0]
    texts = {a.key: a.value.string_value for a in first.attributes}
    assert json.loads(texts["tree"]) == {"a": [2**60, "NaN"]}
    assert (texts["raw"], texts["none"]) == ("AP8=", "[]")
    assert first.events[0].attributes[0].value.string_value == '[["ü"]]'


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        ("trace_id", b"", 2),
        ("trace_id", bytes(16), 2),
        ("trace_id", b"x" * 15, 2),
        ("trace_id", b"x" * 17, 2),
        ("span_id", bytes(8), 2),
        ("span_id", b"x" * 7, 2),
        ("parent_span_id", b"x" * 9, 2),
        ("parent_span_id", bytes(8), 3),
        ("parent_span_id", b"", 3),
    ],
)
def test_a_bad_id_costs_its_span_alone(field, value, kept):
    given = message()
    setattr(given.resource_spans[0].scope_spans[0].spans[1], field, value)
    checked = check(given.SerializeToString(), LIMITS)
    assert (checked.items, checked.rejected) == (kept, 3 - kept)
    assert all(span.parent_span_id == b"" for span in checked_spans(given.SerializeToString()))


def test_a_field_of_a_later_version_is_dropped_and_the_rest_kept():
    body = request(2) + b"\xfa\x01\x03new"
    checked = check(body, LIMITS)
    assert checked.items == 2
    assert b"new" not in checked.body


@pytest.mark.parametrize("body", [b"\xff", b"\x0a", b"\x0a\x05abc", b"\x0a\x02\x0a\xff", b"\x0b"])
def test_what_is_malformed_is_refused(body):
    with pytest.raises(Undecodable):
        check(body, LIMITS)


# Each runs in a process of its own, whose peak of memory is then its own.
BOMBS = {
    "two million empty spans": "check(wrap(wrap(b'\\x12\\0' * 2_000_000, 0x12), 0x0a), limits)",
    "ten million empty attributes": "check(wrap(wrap(wrap(b'\\x4a\\0' * 10_000_000, 0x12), 0x12), 0x0a), limits)",
    "ten million empty events": "check(wrap(wrap(wrap(b'\\x5a\\0' * 10_000_000, 0x12), 0x12), 0x0a), limits)",
    "ten million empty resources": "check(b'\\x0a\\0' * 10_000_000, limits)",
    "ten million empty items": (
        "check(wrap(wrap(wrap(wrap(wrap(wrap(b'\\x0a\\0' * 10**7, 0x2a), 0x12), 0x4a), 0x12), 0x12), 0x0a), limits)"
    ),
    "two million empty log records": "check(wrap(wrap(b'\\x12\\0' * 2_000_000, 0x12), 0x0a), limits, LOGS)",
    "ten million empty attributes of a record": (
        "check(wrap(wrap(wrap(b'\\x32\\0' * 10_000_000, 0x12), 0x12), 0x0a), limits, LOGS)"
    ),
    "ten million items of a body": (
        "check(wrap(wrap(wrap(wrap(wrap(b'\\x0a\\0' * 10**7, 0x2a), 0x2a), 0x12), 0x12), 0x0a), limits, LOGS)"
    ),
    "ten million empty metrics": "check(wrap(wrap(b'\\x12\\0' * 10_000_000, 0x12), 0x0a), limits, METRICS)",
    "ten million empty gauges": "check(wrap(wrap(wrap(b'\\x2a\\0' * 10_000_000, 0x12), 0x12), 0x0a), limits, METRICS)",
    "ten million empty points": (
        "check(wrap(wrap(wrap(wrap(b'\\x0a\\0' * 10_000_000, 0x2a), 0x12), 0x12), 0x0a), limits, METRICS)"
    ),
    "twenty million buckets": (
        "check(wrap(wrap(wrap(wrap(wrap(wrap(wrap(bytes(20_000_000), 0x12), 0x42), 0x0a), 0x52), 0x12), 0x12), 0x0a),"
        " limits, METRICS)"
    ),
    "ten million empty arrays of buckets": (
        "check(wrap(wrap(wrap(wrap(wrap(wrap(b'\\x12\\0' * 10**7, 0x42), 0x0a), 0x52), 0x12), 0x12), 0x0a),"
        " limits, METRICS)"
    ),
    "300 megabytes in one": "gunzip(bomb(300), limits.http_body)",
    "JSON of millions of values": "request_from_json(b'[' + b'{},' * 6_000_000 + b'{}]', limits.json_values)",
}
RUN = '''
import sys, time, zlib
from pathlib import Path
from collector.decompress import gunzip
from collector.errors import TooLarge, TooMany
from collector.limits import Limits
from collector.otlp_json import request_from_json
from collector.signal import LOGS, METRICS
from collector.validate import check

def wrap(body, tag):
    size, out = len(body), bytearray([tag])
    while size > 127:
        out.append(size & 127 | 128)
        size >>= 7
    return bytes(out) + bytes([size]) + body

def peak():
    """Kilobytes; getrusage would say our parent's, of which we were forked."""
    return next(int(line.split()[1]) for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line)

limits = Limits()

def bomb(mib):
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(mib)) + packer.flush()

before, began = peak(), time.process_time()
try:
    {work}
except (TooLarge, TooMany) as error:
    print(type(error).__name__, end=" ")
print(peak() - before, time.process_time() - began)
'''


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_before_it_is_in_memory(bomb):
    done = subprocess.run(
        [sys.executable, "-c", RUN.replace("{work}", BOMBS[bomb])],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    kind, kilobytes, seconds = done.stdout.split()
    assert kind in (TooLarge.__name__, TooMany.__name__)
    # The request itself is made in the same process: 20 MB, and what wraps it some times that.
    assert int(kilobytes) < 80_000
    assert float(seconds) < 2.0
