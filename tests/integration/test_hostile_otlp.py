"""Both doors under attack: each answer is one that OTLP knows, memory stays bounded, what was taken is stored."""

from __future__ import annotations

import contextlib
import gzip
import os
import random
import socket
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest
import requests

from collector.load import Loader
from collector.signal import TRACES
from collector.wire import delimited
from storage.load import TraceLoad
from tests.integration.accepting import METHOD, PROTOBUF, accepting
from tests.integration.hostile_requests import (
    TIMES,
    broken_gzip,
    empty_spans,
    mutated,
    mutated_fields,
    mutated_json,
    nest,
    whole,
)
from tests.unit.collector.requests import request

FUZZED = int(os.environ.get("FUZZED_REQUESTS", "600"))
MIB = 1 << 20
TYPED_HTTP = {200, 400, 413}
TYPED_GRPC = {grpc.StatusCode.OK, grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.RESOURCE_EXHAUSTED}


@pytest.fixture(scope="module")
def acceptor(tmp_path_factory):
    with accepting(tmp_path_factory.mktemp("hostile")) as running:
        yield running


@pytest.fixture
def chance():
    seed = random.SystemRandom().randrange(2**32)
    sys.stdout.write(f"seed {seed}\n")
    return random.Random(seed)


def grpc_code(call, body):
    try:
        call(body, timeout=30)
    except grpc.RpcError as error:
        return error.code()
    return grpc.StatusCode.OK


def still_serves(acceptor):
    assert acceptor.post(request(1)).status_code == 200
    assert not acceptor.export(request(1)).HasField("partial_success")
    assert "a request failed" not in acceptor.log.read_text()


def http_bodies(chance):
    """Endless bodies with their headers."""
    while True:
        yield mutated(chance, whole(chance.randint(1, 4)).SerializeToString()), {}
        yield mutated_fields(chance), {}
        yield mutated_json(chance), {"content-type": "application/json"}
        yield broken_gzip(chance, whole(1).SerializeToString()), {"content-encoding": "gzip"}


@pytest.mark.slow
def test_what_is_taken_of_a_flood_of_nonsense_is_stored(engine, tmp_path, chance):
    with accepting(tmp_path) as acceptor:
        codes = Counter()
        with requests.Session() as session, grpc.insecure_channel(f"127.0.0.1:{acceptor.grpc_port}") as channel:
            call = channel.unary_unary(METHOD)
            for _, (body, headers) in zip(range(FUZZED), http_bodies(chance), strict=False):
                answer = session.post(acceptor.url, body, headers={**PROTOBUF, **headers}, timeout=30)
                codes[answer.status_code] += 1
                if not headers:
                    body = mutated(chance, body) if chance.randrange(2) else mutated_fields(chance)
                    codes[grpc_code(call, body)] += 1
        assert codes.keys() <= TYPED_HTTP | TYPED_GRPC, codes
        assert min(codes[code] for code in (200, 400, grpc.StatusCode.OK, grpc.StatusCode.INVALID_ARGUMENT)) > 20
        still_serves(acceptor)
    loader = Loader(acceptor.spool, {TRACES: TraceLoad(engine)})
    loader.start()
    assert loader.drain(300), loader.stats()
    stored = engine.query("SELECT count() FROM otel_traces").rows[0][0]
    rolled = engine.query("SELECT sum(spans) FROM spans_1m").rows[0][0]
    assert acceptor.counters()["spans"] == stored + loader.stats().quarantined
    assert (rolled, loader.stats().failing, loader.stats().quarantined) == (stored, "", 0)


GZIP = {"content_encoding": "gzip"}
JSON = {"content_type": "application/json"}


def empty_attributes(count):
    span = delimited(1, b"t" * 16) + delimited(2, b"s" * 8) + b"\x4a\x00" * count
    return delimited(1, delimited(2, delimited(2, span)))


# name -> (body, headers, HTTP code). Each is small on the wire and large once unpacked or parsed.
BOMBS = {
    "2,000,000 empty spans": (lambda: empty_spans(2_000_000), {}, 413),
    "7,000,000 empty spans": (lambda: empty_spans(7_000_000), {}, 413),
    "2,000,000 empty spans as gzip": (lambda: gzip.compress(empty_spans(2_000_000), mtime=0), GZIP, 413),
    "5,000,000 empty attributes": (lambda: empty_attributes(5_000_000), {}, 413),
    "2,000,000 empty resources": (lambda: b"\x0a\x00" * 2_000_000, {}, 413),
    "2,000,000 empty scopes": (lambda: delimited(1, b"\x12\x00" * 2_000_000), {}, 413),
    "1 GiB of zeros as gzip": (lambda: gzip.compress(bytes(1 << 30), 1, mtime=0), GZIP, 413),
    "a thousand gzip members of 1 MiB": (lambda: gzip.compress(bytes(MIB), mtime=0) * 1000, GZIP, 413),
    "100,000 empty gzip members": (lambda: gzip.compress(b"", mtime=0) * 100_000, GZIP, 200),
    "6,000,000 empty JSON objects": (lambda: b'{"resourceSpans":[' + b"{}," * 6_000_000 + b"{}]}", JSON, 413),
    "6,000,000 JSON arrays": (lambda: b'{"x":[' + b"[]," * 6_000_000 + b"[]]}", JSON, 413),
    "5,000,000 nested JSON arrays": (lambda: b"[" * 5_000_000 + b"]" * 5_000_000, JSON, 413),
    "5,000,000 JSON escapes": (lambda: b'{"x":"' + rb"\ud800" * 3_000_000 + b'"}', JSON, 200),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_costs_little_memory(acceptor, name):
    make, headers, code = BOMBS[name]
    body = make()
    acceptor.post(request(1))
    acceptor.reset_peak()
    before = acceptor.peak_bytes()
    start = acceptor.cpu_seconds()
    answer = acceptor.post(body, **headers)
    seconds = acceptor.cpu_seconds() - start
    grown = acceptor.peak_bytes() - before
    assert answer.status_code == code, answer.content[:300]
    # What the largest body that is taken costs unpacked, joined and checked.
    assert grown < 200 * MIB, f"{grown / MIB:.0f} MiB"
    assert seconds < 5
    still_serves(acceptor)


def test_eight_large_requests_at_once_stay_within_the_budget(acceptor):
    body = whole(1)
    body.resource_spans[0].scope_spans[0].spans[0].attributes.add(key="x").value.string_value = "y" * (19 * MIB)
    bodies = []
    for _ in range(8):
        body.resource_spans[0].scope_spans[0].spans[0].span_id = os.urandom(8)
        bodies.append(body.SerializeToString())
    acceptor.reset_peak()
    before = acceptor.peak_bytes()
    with ThreadPoolExecutor(8) as senders:
        codes = Counter(answer.status_code for answer in senders.map(acceptor.post, bodies))
    assert codes.keys() <= {200, 503}, codes
    assert codes[200] >= 1
    assert acceptor.peak_bytes() - before < 256 * MIB + 200 * MIB
    still_serves(acceptor)


@pytest.mark.parametrize("depth", [1, 10, 20, 30, 45, 60, 1000, 10_000])
def test_a_deep_value_is_taken_or_refused(acceptor, depth):
    inmost = delimited(1, b"inmost")
    for _ in range(depth):
        inmost = delimited(5, delimited(1, inmost))
    span = delimited(1, os.urandom(16)) + delimited(2, os.urandom(8))
    span += delimited(9, delimited(1, b"deep") + delimited(2, inmost))
    body = delimited(1, delimited(2, delimited(2, span)))
    assert acceptor.post(body).status_code == (200 if depth < 48 else 400)
    deep = '{"arrayValue":{"values":[' * depth + '{"stringValue":"inmost"}' + "]}}" * depth
    spans = f'[{{"traceId":"{os.urandom(16).hex()}","spanId":"{os.urandom(8).hex()}"'
    spans += f',"attributes":[{{"key":"deep","value":{deep}}}]}}]'
    answer = acceptor.post(f'{{"resourceSpans":[{{"scopeSpans":[{{"spans":{spans}}}]}}]}}'.encode(), **JSON)
    assert answer.status_code == (200 if depth < 48 else 400), answer.content
    still_serves(acceptor)


@pytest.mark.parametrize(
    ("method", "path", "headers", "code"),
    [
        ("GET", "/v1/traces", {}, 405),
        ("PUT", "/v1/traces", PROTOBUF, 405),
        ("DELETE", "/v1/traces", {}, 405),
        ("OPTIONS", "/v1/traces", {}, 405),
        ("HEAD", "/v1/traces", {}, 405),
        ("POST", "/", PROTOBUF, 404),
        ("POST", "/v1/traces/", PROTOBUF, 404),
        ("POST", "//v1/traces", PROTOBUF, 404),
        ("POST", "/v1/TRACES", PROTOBUF, 404),
        ("POST", "/v1/profiles", PROTOBUF, 404),
        ("POST", "/v1/%74races", PROTOBUF, 200),
        ("POST", "/v1/traces?x=1", PROTOBUF, 200),
        ("POST", "/v1/traces", {"content-type": "application/x-protobuf; charset=\xe4"}, 200),
        ("POST", "/v1/traces", {"content-type": "APPLICATION/X-PROTOBUF"}, 200),
        ("POST", "/v1/traces", {"content-type": "application/json, application/x-protobuf"}, 415),
        ("POST", "/v1/traces", {"content-type": ""}, 415),
        ("POST", "/v1/traces", {**PROTOBUF, "content-encoding": "GZIP"}, 400),
        ("POST", "/v1/traces", {**PROTOBUF, "content-encoding": "gzip, gzip"}, 415),
        ("POST", "/v1/traces", {**PROTOBUF, "content-encoding": "zstd"}, 415),
        ("POST", "/v1/traces", {**PROTOBUF, "authorization": "Bearer anything"}, 200),
        ("POST", "/v1/traces", {**PROTOBUF, "x-long": "x" * 20_000}, 200),
    ],
)
def test_odd_requests_of_http(acceptor, method, path, headers, code):
    url = acceptor.url.removesuffix("/v1/traces") + path
    answer = requests.request(method, url, data=request(1), headers=headers, timeout=10)
    assert answer.status_code == code
    still_serves(acceptor)


@pytest.mark.parametrize(
    "head",
    [
        b"POST /v1/traces HTTP/1.1\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
        b"POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999999999999\r\n\r\n",
        b"POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: \xb2\r\n\r\n",
        b"POST /v1/traces HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n",
        b"POST /v1/traces HTTP/1.1\r\nhost: x\r\n" + b"x: " + b"y" * 100_000 + b"\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        bytes(1000),
    ],
)
def test_broken_http_is_a_client_error_or_a_closed_door(acceptor, head):
    for port in (acceptor.http_port, acceptor.grpc_port):
        with socket.create_connection(("127.0.0.1", port), timeout=5) as door:
            with contextlib.suppress(OSError):
                door.sendall(head)
                door.shutdown(socket.SHUT_WR)
            try:
                answer = door.recv(4096)
            except OSError:
                answer = b""
            assert not answer.startswith(b"HTTP/1.1 5")
    still_serves(acceptor)


def test_what_grpc_may_not_ask_is_typed(acceptor):
    unimplemented = (
        METHOD.replace("TraceService", "TracesService"),
        METHOD.replace("Export", "export"),
        METHOD.replace("trace", "profiles").replace("Trace", "Profiles"),
    )
    with grpc.insecure_channel(f"127.0.0.1:{acceptor.grpc_port}") as channel:
        for method in unimplemented:
            assert grpc_code(channel.unary_unary(method), request(1)) is grpc.StatusCode.UNIMPLEMENTED
        call = channel.unary_unary(METHOD)
        assert grpc_code(call, bytes(17 * MIB)) is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert grpc_code(call, empty_spans(2_000_000)) is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert grpc_code(call, b"\xff" * 100) is grpc.StatusCode.INVALID_ARGUMENT
        assert grpc_code(call, whole().SerializeToString().replace(b"choice", b"ch\xffice")) is (
            grpc.StatusCode.INVALID_ARGUMENT
        )
        stream = channel.stream_unary(METHOD)
        assert grpc_code(stream, iter(())) is grpc.StatusCode.INVALID_ARGUMENT
    still_serves(acceptor)


def test_odd_spans_are_stored_as_far_as_they_can_be(engine, tmp_path):
    """Times of any age, an end before its start, long names, NUL, nested values, unknown enums: nothing is lost."""
    now = time.time_ns()
    odd = [(start, end) for start in (*TIMES, now) for end in (*TIMES, now)]
    message = whole(len(odd) + 3)
    spans = message.resource_spans[0].scope_spans[0].spans
    for span, (start, end) in zip(spans, odd, strict=False):
        span.start_time_unix_nano, span.end_time_unix_nano = start, end
        span.events[0].time_unix_nano = end
        span.kind = span.status.code = 99
    long, nul, deep = spans[len(odd) :]
    long.name = "n" * MIB
    nul.name, nul.attributes[0].value.string_value = "a\x00b", "\x00"
    nest(deep.attributes.add(key="deep").value, 10)
    with accepting(tmp_path) as acceptor:
        assert acceptor.post(message.SerializeToString()).status_code == 200
    loader = Loader(acceptor.spool, {TRACES: TraceLoad(engine)})
    loader.start()
    assert loader.drain(60)
    assert (loader.stats().spans, loader.stats().quarantined, loader.stats().failing) == (len(spans), 0, "")
    rows = engine.query(
        "SELECT SpanId, toUnixTimestamp64Nano(Timestamp), Duration, TimeClamped, SpanName, SpanKind,"
        " SpanAttributes['deep'], SpanAttributes['spanwarden.start_unix_nano'] FROM otel_traces"
    ).rows
    stored = {row[0]: row[1:] for row in rows}
    for span, (start, end) in zip(spans, odd, strict=False):
        at, duration, clamped, _, kind, _, original = stored[span.span_id.hex()]
        recent = abs(start - now) < 86_400 * 10**9
        assert at == start if recent else abs(at - now) < 60 * 10**9
        assert original == ("" if recent else str(start))
        assert duration == max(0, end - start)
        assert clamped == (not recent or end < start)
        assert kind == "Unspecified"
    assert stored[long.span_id.hex()][3] == "n" * MIB
    assert stored[nul.span_id.hex()][3] == "a\x00b"
    assert "inmost" in stored[deep.span_id.hex()][5]
    assert engine.query("SELECT sum(spans) FROM spans_1m").rows[0][0] == len(spans)
