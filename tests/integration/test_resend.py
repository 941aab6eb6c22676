"""A client that did not hear the answer sends the same bytes again: they count once, whatever happened in between."""

from __future__ import annotations

import gzip
import socket
import time

import pytest

from collector.load import Loader
from collector.signal import TRACES
from storage.load import TraceLoad
from tests.integration.accepting import accepting
from tests.unit.collector.requests import request
from tests.unit.collector.twin import json_twin


@pytest.fixture
def load(engine):
    """Load what an acceptor has left; return how often the spans are in each table."""

    def load(spool):
        loader = Loader(spool, {TRACES: TraceLoad(engine)})
        loader.start()
        assert loader.drain(60)
        sql = (
            "SELECT count() FROM otel_traces",
            "SELECT count() FROM llm_calls",
            "SELECT sum(calls) FROM calls_1m",
            "SELECT sum(spans) FROM spans_1m",
        )
        return {int(engine.query(each).rows[0][0]) for each in sql}

    return load


def lose_the_answer(acceptor, body):
    """Send a request and hang up before the answer; return once it must have been taken."""
    with socket.create_connection(("127.0.0.1", acceptor.http_port)) as door:
        head = f"POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n"
        door.sendall(head.encode() + b"content-type: application/x-protobuf\r\n\r\n" + body)
        until = time.monotonic() + 10
        while not any(path.stat().st_size for path in (acceptor.spool / "open").iterdir()):
            if any((acceptor.spool / "closed").iterdir()):
                break
            assert time.monotonic() < until
            time.sleep(0.005)


def test_a_lost_answer(tmp_path, load):
    body = request(3)
    with accepting(tmp_path) as acceptor:
        lose_the_answer(acceptor, body)
        assert acceptor.post(body).status_code == 200
        assert not acceptor.export(body).HasField("partial_success")
    assert load(acceptor.spool) == {3}
    assert {name: acceptor.counters()[name] for name in ("spans", "resent")} == {"spans": 3, "resent": 2}


@pytest.mark.parametrize("pause", [0.0, 1.5], ids=["in an open segment", "in a closed segment"])
def test_killed_right_after_the_acknowledgement(tmp_path, load, pause):
    """The segment is closed after a second; what is in it is known again in either state."""
    bodies = [request(3) for _ in range(4)]
    with accepting(tmp_path) as acceptor:
        for body in bodies:
            assert acceptor.post(body).status_code == 200
        time.sleep(pause)
        acceptor.kill()
        acceptor.start()
        for body in bodies:
            assert acceptor.post(body).status_code == 200
            acceptor.export(body)
        assert acceptor.post(request(2)).status_code == 200
    assert load(acceptor.spool) == {4 * 3 + 2}


def test_killed_again_and_again_and_loaded_in_between(tmp_path, load):
    body = request(5)
    with accepting(tmp_path) as acceptor:
        assert acceptor.post(body).status_code == 200
        for _ in range(3):
            acceptor.kill()
            acceptor.start()
            assert load(acceptor.spool) == {5}
            assert acceptor.post(body).status_code == 200
    assert load(acceptor.spool) == {5}


def test_the_same_request_in_other_clothes(tmp_path, load):
    """Gzip marks its bytes with a time, and a client may fall back to another encoding: what is unpacked counts."""
    body = request(3)
    with accepting(tmp_path) as acceptor:
        for moment in (1, 2):
            packed = gzip.compress(body, mtime=moment)
            assert acceptor.post(packed, content_encoding="gzip").status_code == 200
        assert acceptor.post(json_twin(body), content_type="application/json").status_code == 200
    assert load(acceptor.spool) == {3}


def test_another_tenant_s_request_is_another_one(tmp_path, load):
    body = request(3)
    with accepting(tmp_path, ingest_tokens='{"acme": "one", "umbrella": "two"}') as acceptor:
        for token in ("one", "two", "one"):
            assert acceptor.post(body, authorization=f"Bearer {token}").status_code == 200
    assert load(acceptor.spool) == {6}
