"""Damaged requests by the thousand: each gets a code of the table, and what is taken can be stored."""

from __future__ import annotations

import gzip
import os
import random
import time
from pathlib import Path

import grpc
import pytest
import requests as http
from google.rpc.status_pb2 import Status

from collector.errors import Permanent
from collector.limits import Limits
from collector.load import Loader
from collector.otlp_json import request_from_json
from collector.segment import encode_record, segment_id
from collector.signal import LOGS, METRICS, TRACES, Signal
from collector.validate import Checked, check
from spanwarden.wiring import stores_of
from storage.engine import Engine
from storage.redaction import NONE
from tests.integration.test_receive import METHOD, Serving
from tests.unit.collector.mutate import mutate, mutate_json
from tests.unit.collector.requests import request
from tests.unit.collector.signal_requests import logs, metrics
from tests.unit.collector.twin import json_twin

GRPC_CODES = {"OK", "INVALID_ARGUMENT", "RESOURCE_EXHAUSTED"}
ATTRIBUTES = {"text": "grüße", "list": ["x", "y"], "number": 1, "float": 1.5, "flag": True}


@pytest.fixture
def source() -> random.Random:
    seed = int(os.environ.get("SPANWARDEN_TEST_SEED", "0")) or random.randrange(1, 1 << 30)
    print(f"seed {seed}")  # noqa: T201 (pytest shows it when the test fails)
    return random.Random(seed)


def test_a_damaged_request_gets_a_code_of_the_table(source: random.Random) -> None:
    serving = Serving()
    try:
        with grpc.insecure_channel(serving.grpc) as channel, http.Session() as session:
            call = channel.unary_unary(METHOD)
            for _ in range(150):
                body = request(source.choice((1, 3, 20)), attributes=ATTRIBUTES)
                assert _grpc_code(call, mutate(source, body)) in GRPC_CODES
                _answered(session, serving.http, "application/x-protobuf", mutate(source, body))
                _answered(session, serving.http, "application/json", mutate_json(source, json_twin(body)))
                packed = mutate(source, gzip.compress(body, 1, mtime=0))
                _answered(session, serving.http, "application/x-protobuf", packed, gzip=True)
        assert set(serving.acceptor.counters.refused) <= {"undecodable", "too_large", "too_many", "bad_span"}
    finally:
        serving.close()


def _grpc_code(call: grpc.UnaryUnaryMultiCallable, body: bytes) -> str:
    try:
        call(body, timeout=20)
    except grpc.RpcError as error:
        return str(error.code().name)
    return "OK"


def _answered(session: http.Session, url: str, media: str, body: bytes, *, gzip: bool = False) -> None:
    headers = {"content-type": media, **({"content-encoding": "gzip"} if gzip else {})}
    answer = session.post(url, data=body, headers=headers, timeout=20)
    assert answer.status_code in (200, 400, 413), (answer.status_code, body)
    assert answer.headers["content-type"] == media
    if answer.status_code != 200:
        message = answer.json()["message"] if media == "application/json" else Status.FromString(answer.content).message
        assert message


def a_request(source: random.Random, signal: Signal) -> bytes:
    if signal is TRACES:
        return request(source.choice((1, 2)), attributes=ATTRIBUTES, name="n")
    message = logs(source.choice((1, 2))) if signal is LOGS else metrics(1)
    body: bytes = message.SerializeToString()
    return body


@pytest.mark.parametrize("signal", [TRACES, LOGS, METRICS], ids=lambda signal: signal.name)
def test_whatever_is_taken_can_be_stored(signal: Signal, source: random.Random, engine: Engine, tmp_path: Path) -> None:
    limits = Limits()
    taken: list[Checked] = []
    for number in range(6000 if signal is TRACES else 3000):
        body = a_request(source, signal)
        try:
            if number % 3:
                checked = check(mutate(source, body), limits, signal)
            else:
                spoilt = mutate_json(source, json_twin(body, signal))
                checked = check(request_from_json(spoilt, limits.json_values, signal), limits, signal)
        except Permanent:
            continue
        if checked.items:
            taken.append(checked)
    assert len(taken) > 300
    now = time.time_ns()
    records = [encode_record(now + n, "default", now, one.items, one.body) for n, one in enumerate(taken)]
    (tmp_path / "closed").mkdir()
    for part, half in enumerate((records[::2], records[1::2])):
        (tmp_path / "closed" / f"{segment_id(now + part)}{signal.mark}.seg").write_bytes(b"".join(half))
    loader = Loader(tmp_path, stores_of(engine, NONE))
    loader.start()
    assert loader.drain(60)
    assert not list((tmp_path / "quarantine").iterdir())
    assert loader.stats().failing == ""
    assert loader.stats().stored == {signal: sum(one.items for one in taken)}
