"""OTLP/JSON is read as the specification says: what it allows equals its protobuf twin, the rest is refused."""

import json
import math

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from collector.errors import TooMany, Undecodable
from collector.otlp_json import request_from_json
from tests.unit.collector.requests import request
from tests.unit.collector.twin import json_twin

MANY = 1_000_000
IDS = {"traceId": "5b8efff798038103d269b633813fc60c", "spanId": "eee19b7ec3c1b174"}


def body_of(span):
    return json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [{**IDS, **span}]}]}]}).encode()


def read(span):
    message = ExportTraceServiceRequest.FromString(request_from_json(body_of(span), MANY))
    return message.resource_spans[0].scope_spans[0].spans[0]


def value_of(value):
    return read({"attributes": [{"key": "x", "value": value}]}).attributes[0].value


def test_a_request_equals_its_protobuf_twin():
    attributes = {"a": "grüße 👋", "b": 2**53 + 1, "c": -0.5, "d": False, "e": ["x", "y"], "f": "", "g": 0}
    body = request(20, attributes=attributes)
    assert request_from_json(json_twin(body), MANY) == body


@pytest.mark.parametrize("text", ["5B8EFFF798038103D269B633813FC60C", "5b8efff798038103d269b633813fc60c"])
def test_ids_are_hexadecimal_in_any_case(text):
    assert read({"traceId": text}).trace_id.hex() == text.lower()


@pytest.mark.parametrize("text", ["", "zz", "5b8", "5b 8e", "W47/95gDgQPSabYzgT/GDA==", "٣٣"])
def test_an_id_that_is_no_hexadecimal_has_a_length_that_rejects_its_span(text):
    assert len(read({"traceId": text}).trace_id) not in (8, 16)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("9223372036854775807", 2**63 - 1),
        (9223372036854775807, 2**63 - 1),
        ("-9223372036854775808", -(2**63)),
        (-9223372036854775808, -(2**63)),
        ("0", 0),
        (0, 0),
        (5.0, 5),
        (1e3, 1000),
        (9007199254740993, 9007199254740993),
    ],
)
def test_integers_may_be_numbers_or_strings(value, number):
    got = value_of({"intValue": value})
    assert got.HasField("int_value")
    assert got.int_value == number


@pytest.mark.parametrize(
    "value", ["9223372036854775808", 1.5, "1.5", "1e3", "0x1", "1_0", " 1", "", "٣", True, [], 1e19]
)
def test_what_is_no_int64_is_refused(value):
    with pytest.raises(Undecodable, match=r"attributes\[0\]\.value\.intValue must be an integer"):
        value_of({"intValue": value})


@pytest.mark.parametrize(("value", "number"), [(1, 1.0), (1.25, 1.25), ("1.25", 1.25), ("-1e-3", -0.001), (-0.0, -0.0)])
def test_doubles_may_be_numbers_or_strings(value, number):
    got = value_of({"doubleValue": value}).double_value
    assert (got, math.copysign(1, got)) == (number, math.copysign(1, number))


def test_doubles_that_are_not_finite_have_names():
    assert math.isnan(value_of({"doubleValue": "NaN"}).double_value)
    assert value_of({"doubleValue": "Infinity"}).double_value == math.inf
    assert value_of({"doubleValue": "-Infinity"}).double_value == -math.inf


@pytest.mark.parametrize("value", ["nan", "inf", "1e999", "", "1,5", "0x1p3", True, {}])
def test_what_is_no_double_is_refused(value):
    with pytest.raises(Undecodable, match="doubleValue must be a number"):
        value_of({"doubleValue": value})


@pytest.mark.parametrize("text", ["AAEC/w==", "AAEC/w", "AAEC_w"])
def test_bytes_are_base64_in_either_alphabet(text):
    assert value_of({"bytesValue": text}).bytes_value == b"\0\1\2\xff"


@pytest.mark.parametrize("text", ["?", "A", "AA=A", "ü"])
def test_what_is_no_base64_is_refused(text):
    with pytest.raises(Undecodable, match="bytesValue must be base64"):
        value_of({"bytesValue": text})


def test_unknown_keys_snake_case_and_null_are_passed_over():
    span = read({"name": None, "future": {"deep": [1]}, "start_time_unix_nano": "7", "kind": 3, "events": None})
    assert (span.name, span.start_time_unix_nano, span.kind, len(span.events)) == ("", 0, 3, 0)


def test_a_value_that_is_given_but_empty_is_present():
    assert value_of({"stringValue": ""}).WhichOneof("value") == "string_value"
    assert value_of({"boolValue": False}).WhichOneof("value") == "bool_value"
    assert value_of({"arrayValue": {}}).WhichOneof("value") == "array_value"
    assert value_of({"kvlistValue": {"values": []}}).WhichOneof("value") == "kvlist_value"
    assert value_of({}).WhichOneof("value") is None


def test_an_enum_of_a_later_version_stays():
    assert read({"kind": 17}).kind == 17


def test_half_a_character_becomes_the_replacement_character():
    body = body_of({"name": "NAME"}).replace(b"NAME", rb"cut \ud83d and \ude00 whole \ud83d\ude00 \\ud83d end \ud83d")
    message = ExportTraceServiceRequest.FromString(request_from_json(body, MANY))
    name = message.resource_spans[0].scope_spans[0].spans[0].name
    assert name == "cut \ufffd and \ufffd whole \U0001f600 \\ud83d end \ufffd"


@pytest.mark.parametrize(
    ("span", "place"),
    [
        ({"kind": "SPAN_KIND_SERVER"}, r"kind must be an integer"),
        ({"name": 5}, r"name must be a string"),
        ({"events": [{}, {"timeUnixNano": -1}]}, r"events\[1\]\.timeUnixNano must be an integer"),
        ({"links": {}}, r"links must be an array"),
        ({"links": [7]}, r"links\[0\] must be an object"),
        ({"attributes": [{"key": 1, "value": {"stringValue": "x"}}]}, r"attributes\[0\]\.key must be a string"),
        ({"attributes": ["x"]}, r"attributes\[0\] must be an object"),
        ({"attributes": {"x": 1}}, r"attributes must be an array"),
        ({"attributes": [{"key": "x", "value": {"stringValue": 1}}]}, r"value\.stringValue must be a string"),
        ({"attributes": [{"key": "x", "value": "plain"}]}, r"attributes\[0\]\.value must be an object"),
        ({"attributes": [{"key": "x", "value": {"boolValue": 1}}]}, r"value\.boolValue must be true or false"),
        ({"status": []}, r"status must be an object"),
        ({"droppedLinksCount": 2**32}, r"droppedLinksCount must be an integer from 0 to 4294967295"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(span, place):
    with pytest.raises(Undecodable, match=r"^resourceSpans\[0\]\.scopeSpans\[0\]\.spans\[0\]\.(.*\.)?" + place):
        read(span)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"1", b"null", b'"x"', b"\xff", b'{"resourceSpans":NaN}', b"{}{}"])
def test_what_is_no_json_object_is_refused(body):
    with pytest.raises(Undecodable):
        request_from_json(body, MANY)


@pytest.mark.parametrize("depth", [300, 2000, 200_000])
def test_nesting_has_an_end(depth):
    deep = '{"arrayValue":{"values":[' * depth + "{}" + "]}}" * depth
    body = body_of({"attributes": [{"key": "x", "value": {"stringValue": "DEEP"}}]})
    with pytest.raises(Undecodable):
        request_from_json(body.replace(b'{"stringValue": "DEEP"}', deep.encode()), MANY)


def test_values_are_counted_before_they_are_parsed():
    with pytest.raises(TooMany):
        request_from_json(b'{"x":[' + b"{}," * 1000 + b"{}]}", 1000)
    with pytest.raises(TooMany):
        request_from_json(b'{"x":[' + b"1," * 1000 + b"1]}", 1000)


def test_marks_inside_strings_do_not_count():
    text = '{"code": [1, 2, "\\"{[,"], "\\\\": {}}' * 200
    assert read({"attributes": [{"key": "x", "value": {"stringValue": text}}]}).attributes[0].value.string_value == text
    body = body_of({"attributes": [{"key": "x", "value": {"stringValue": text}}]})
    assert request_from_json(body, 20)
