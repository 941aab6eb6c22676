"""The real OpenTelemetry exporters against the real acceptor; what arrives is compared with the bytes they sent."""

import asyncio
import gzip
import json
import threading
from concurrent.futures import Future

import grpc
import pytest
import requests as http
from google.rpc.status_pb2 import Status
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcExporter
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpExporter
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

from collector.acceptor import Acceptor, AcceptorConfig
from collector.errors import PortTaken, Unavailable
from collector.limits import Limits
from tests.unit.collector.requests import request

METHOD = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
PROTOBUF = {"content-type": "application/x-protobuf"}


class Recorder:
    """A spool that keeps what it is given; it can be told to be full."""

    def __init__(self):
        self.taken = []
        self.full = False

    def append(self, tenant, body, items, signal):
        if self.full:
            raise Unavailable("the spool is full")
        self.taken.append((tenant, body, items))
        future = Future()
        future.set_result(True)
        return future

    def spans(self):
        messages = [ExportTraceServiceRequest.FromString(body) for _, body, _ in self.taken]
        return [s for m in messages for r in m.resource_spans for c in r.scope_spans for s in c.spans]


class Serving:
    """An acceptor on ports of its own, on a loop in a thread."""

    def __init__(self, **config):
        self.spool = Recorder()
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.acceptor = self.run(self._start(AcceptorConfig(grpc_port=0, http_port=0, **config)))
        self.grpc = f"127.0.0.1:{self.acceptor.grpc_port}"
        self.http = f"http://127.0.0.1:{self.acceptor.http_port}/v1/traces"

    async def _start(self, config):
        acceptor = Acceptor(config, self.spool)
        await acceptor.start()
        return acceptor

    def run(self, work):
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(20)

    def close(self):
        self.run(self.acceptor.stop(1))
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()

    def export(self, body, **metadata):
        with grpc.insecure_channel(self.grpc) as channel:
            call = channel.unary_unary(METHOD)
            return ExportTraceServiceResponse.FromString(call(body, timeout=10, metadata=list(metadata.items())))


@pytest.fixture(scope="module")
def shared():
    serving = Serving(limits=Limits(grpc_body=4 << 20, http_body=4 << 20, items=20_000))
    yield serving
    serving.close()


@pytest.fixture
def serving(shared):
    shared.spool.taken.clear()
    shared.spool.full = False
    return shared


def exporters(serving):
    return {
        "grpc": GrpcExporter(endpoint=serving.grpc, insecure=True),
        "grpc gzip": GrpcExporter(endpoint=serving.grpc, insecure=True, compression=grpc.Compression.Gzip),
        "http": HttpExporter(endpoint=serving.http),
        "http gzip": HttpExporter(endpoint=serving.http, compression=Compression.Gzip),
    }


@pytest.mark.parametrize("kind", ["grpc", "grpc gzip", "http", "http gzip"])
def test_the_sdk_delivers_its_spans(serving, kind):
    provider = TracerProvider(resource=Resource.create({"service.name": "shop"}))
    provider.add_span_processor(SimpleSpanProcessor(exporters(serving)[kind]))
    with provider.get_tracer("tests").start_as_current_span("chat gpt-4o") as span:
        span.set_attribute("gen_ai.usage.input_tokens", 2**53 + 1)
        span.add_event("choice", {"text": "grüße"})
    provider.shutdown()
    (stored,) = serving.spool.spans()
    assert stored.name == "chat gpt-4o"
    assert stored.attributes[0].value.int_value == 2**53 + 1
    assert stored.events[0].attributes[0].value.string_value == "grüße"


def test_bad_ids_reject_their_spans_only(serving):
    message = ExportTraceServiceRequest.FromString(request(10))
    spans = message.resource_spans[0].scope_spans[0].spans
    spans[0].trace_id = b"short"
    spans[1].span_id = bytes(8)
    spans[2].parent_span_id = b"odd"
    for answer in (
        serving.export(message.SerializeToString()),
        ExportTraceServiceResponse.FromString(
            http.post(serving.http, message.SerializeToString(), headers=PROTOBUF, timeout=10).content
        ),
    ):
        assert answer.partial_success.rejected_spans == 3
        assert "trace_id must have 16 bytes" in answer.partial_success.error_message
    assert len(serving.spool.spans()) == 14


@pytest.mark.parametrize("body", [b"", ExportTraceServiceRequest().SerializeToString()])
def test_an_empty_request_is_fine_and_says_nothing(serving, body):
    assert not serving.export(body).HasField("partial_success")
    assert http.post(serving.http, body, headers=PROTOBUF, timeout=10).status_code == 200
    assert serving.spool.taken == []


def grpc_refusal(serving, body, **metadata):
    with pytest.raises(grpc.RpcError) as caught:
        serving.export(body, **metadata)
    return caught.value


def test_garbage_is_invalid_and_not_sent_again(serving):
    assert grpc_refusal(serving, b"\xff\xff\xff").code() is grpc.StatusCode.INVALID_ARGUMENT
    answer = http.post(serving.http, b"\xff\xff\xff", headers=PROTOBUF, timeout=10)
    assert answer.status_code == 400
    assert Status.FromString(answer.content).code == grpc.StatusCode.INVALID_ARGUMENT.value[0]


def test_bad_utf8_is_invalid(serving):
    body = request(1, name="plain").replace(b"plain", b"pl\xffin")
    assert grpc_refusal(serving, body).code() is grpc.StatusCode.INVALID_ARGUMENT


def test_a_full_spool_is_worth_another_try(serving):
    serving.spool.full = True
    refusal = grpc_refusal(serving, request(1))
    assert refusal.code() is grpc.StatusCode.UNAVAILABLE
    details = dict(refusal.trailing_metadata())["grpc-status-details-bin"]
    assert "RetryInfo" in Status.FromString(details).details[0].type_url
    answer = http.post(serving.http, request(1), headers=PROTOBUF, timeout=10)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")


def test_too_large_and_too_many_are_refused_for_good(serving):
    assert grpc_refusal(serving, bytes(5 << 20)).code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert http.post(serving.http, bytes(5 << 20), headers=PROTOBUF, timeout=10).status_code == 413
    inner = b"\x12\x00" * 30_000
    scope = b"\x12" + _size(len(inner)) + inner
    many = b"\x0a" + _size(len(scope)) + scope
    assert grpc_refusal(serving, many).code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert http.post(serving.http, many, headers=PROTOBUF, timeout=10).status_code == 413


def _size(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def test_a_gzip_bomb_is_refused_before_it_is_in_memory(serving):
    bomb = gzip.compress(bytes(200 << 20), mtime=0)
    answer = http.post(serving.http, bomb, headers={**PROTOBUF, "content-encoding": "gzip"}, timeout=20)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "code"),
    [
        ("GET", "", {}, b"", 405),
        ("POST", "x", PROTOBUF, b"", 404),
        ("POST", "", {"content-type": "text/plain"}, b"", 415),
        ("POST", "", {}, b"", 415),
        ("POST", "", {**PROTOBUF, "content-encoding": "br"}, b"", 415),
        ("POST", "", {**PROTOBUF, "content-encoding": "gzip"}, b"no gzip", 400),
        ("POST", "", {**PROTOBUF, "content-encoding": "gzip"}, gzip.compress(b"cut", mtime=0)[:-4], 400),
        ("POST", "", {"content-type": "application/json"}, b"{", 400),
        ("POST", "", {"content-type": "application/json"}, b"[]", 400),
        ("POST", "", {"content-type": "application/json; charset=utf-8"}, b"{}", 200),
    ],
)
def test_http_codes(serving, method, path, headers, body, code):
    answer = http.request(method, serving.http + path, data=body, headers=headers, timeout=10)
    assert answer.status_code == code
    if code >= 400 and headers.get("content-type") == "application/json":
        assert answer.json()["message"]


def test_a_signal_that_is_not_ours_is_unimplemented(serving):
    with grpc.insecure_channel(serving.grpc) as channel, pytest.raises(grpc.RpcError) as caught:
        channel.unary_unary("/opentelemetry.proto.collector.profiles.v1.ProfilesService/Export")(b"", timeout=5)
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_json_with_hex_ids_is_the_same_request(serving):
    body = {
        "resourceSpans": [
            {
                "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]},
                "future": 1,
                "scopeSpans": [
                    {
                        "scope": {"name": "tests"},
                        "spans": [
                            {
                                "traceId": "5B8EFFF798038103D269B633813FC60C",
                                "spanId": "eee19b7ec3c1b174",
                                "parentSpanId": "",
                                "name": "chat",
                                "kind": 3,
                                "startTimeUnixNano": "1544712660000000001",
                                "endTimeUnixNano": 1544712661000000001,
                                "attributes": [
                                    {"key": "big", "value": {"intValue": "9223372036854775807"}},
                                    {"key": "nan", "value": {"doubleValue": "NaN"}},
                                    {"key": "raw", "value": {"bytesValue": "AAEC"}},
                                    {
                                        "key": "tree",
                                        "value": {
                                            "kvlistValue": {
                                                "values": [
                                                    {"key": "a", "value": {"arrayValue": {"values": [{"intValue": 1}]}}}
                                                ]
                                            }
                                        },
                                    },
                                ],
                                "status": {"code": 2, "message": "broken"},
                            }
                        ],
                    }
                ],
            }
        ]
    }
    answer = http.post(serving.http, json.dumps(body), headers={"content-type": "application/json"}, timeout=10)
    assert (answer.status_code, answer.json()) == (200, {})
    (span,) = serving.spool.spans()
    values = {attribute.key: attribute.value for attribute in span.attributes}
    assert span.trace_id.hex() == "5b8efff798038103d269b633813fc60c"
    assert span.start_time_unix_nano == 1544712660000000001
    assert values["big"].int_value == 2**63 - 1
    assert values["nan"].double_value != values["nan"].double_value
    assert values["raw"].string_value == "AAEC"
    assert json.loads(values["tree"].string_value) == {"a": [1]}
    assert (span.status.code, span.status.message) == (2, "broken")


@pytest.mark.parametrize(
    "span",
    [
        {"kind": "SPAN_KIND_SERVER"},
        {"startTimeUnixNano": -1},
        {"startTimeUnixNano": "18446744073709551616"},
        {"name": 5},
        {"attributes": {"key": "x"}},
        {"attributes": [{"key": "x", "value": {"intValue": 1.5}}]},
        {"attributes": [{"key": "x", "value": {"bytesValue": "?"}}]},
    ],
)
def test_json_of_the_wrong_type_is_refused_with_its_place(serving, span):
    body = {"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "01" * 16, "spanId": "01" * 8, **span}]}]}]}
    answer = http.post(serving.http, json.dumps(body), headers={"content-type": "application/json"}, timeout=10)
    assert answer.status_code == 400
    assert "resourceSpans[0].scopeSpans[0].spans[0]" in answer.json()["message"]


def test_json_nested_without_end_is_refused(serving):
    deep = '{"arrayValue":{"values":[' * 400 + "{}" + "]}}" * 400
    attributes = '[{"key":"x","value":' + deep + "}]"
    ids = f'"traceId":"{"01" * 16}","spanId":"{"01" * 8}"'
    body = f'{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{{ids},"attributes":{attributes}}}]}}]}}]}}'
    answer = http.post(serving.http, body, headers={"content-type": "application/json"}, timeout=10)
    assert answer.status_code == 400


def test_a_token_decides_the_tenant():
    serving = Serving(tokens={"acme": "s3cret-of-acme", "umbrella": "other"})
    try:
        assert grpc_refusal(serving, request(1)).code() is grpc.StatusCode.UNAUTHENTICATED
        wrong = {"authorization": "Bearer wrong", **PROTOBUF}
        assert http.post(serving.http, request(1), headers=wrong, timeout=10).status_code == 401
        serving.export(request(1), authorization="Bearer s3cret-of-acme")
        right = {"authorization": "Bearer other", **PROTOBUF}
        assert http.post(serving.http, request(1), headers=right, timeout=10).status_code == 200
        assert [tenant for tenant, _, _ in serving.spool.taken] == ["acme", "umbrella"]
        assert serving.acceptor.counters.refused["unauthenticated"] == 2
    finally:
        serving.close()


def test_a_taken_port_is_named_with_its_holder_and_the_remedy(serving):
    config = AcceptorConfig(grpc_port=serving.acceptor.grpc_port, http_port=0)
    with pytest.raises(PortTaken, match=rf"port {config.grpc_port}.*process \d+.*--grpc-port"):
        serving.run(Acceptor(config, serving.spool).start())
