"""A disk that fills up: senders are told to try again soon, nothing acknowledged is lost, and freed room is used."""

from __future__ import annotations

import os
import subprocess
import time

import grpc
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from collector.segment import read_segment, requests_of
from tests.integration.accepting import accepting
from tests.unit.collector.requests import request

MIB = 1 << 20


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 8 MiB."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(place)], capture_output=True)
    if mounted.returncode:
        pytest.skip("only root may mount a small disk")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def span_ids(body):
    message = ExportTraceServiceRequest.FromString(body)
    return [s.span_id for r in message.resource_spans for c in r.scope_spans for s in c.spans]


def spooled(spool):
    """The span ids in closed segments, each as often as it is there."""
    found = []
    for path in (spool / "closed").iterdir():
        data = path.read_bytes()
        found += [each for _, body in requests_of(data, read_segment(data).records) for each in span_ids(body)]
    return found


def test_a_full_disk(small_disk):
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(5 * MIB))
    acknowledged, refused = [], []
    with accepting(small_disk) as acceptor:
        while len(refused) < 5:
            body = request(40, attributes={"text": "x" * 5_000})
            answer = acceptor.post(body)
            (acknowledged if answer.status_code == 200 else refused).append(body)
            assert answer.status_code in (200, 503)
            if answer.status_code == 503:
                assert int(answer.headers["retry-after"]) <= 2
            assert len(acknowledged) < 1000
        with pytest.raises(grpc.RpcError) as refusal:
            acceptor.export(refused[0])
        assert refusal.value.code() is grpc.StatusCode.UNAVAILABLE
        ballast.unlink()
        until = time.monotonic() + 10
        while (answer := acceptor.post(refused[0])).status_code != 200:
            assert time.monotonic() < until, answer.text
            time.sleep(0.1)
        acknowledged.append(refused[0])
        for body in refused[1:]:
            assert acceptor.post(body).status_code == 200
            acknowledged.append(body)
    assert sorted(spooled(acceptor.spool)) == sorted(each for body in acknowledged for each in span_ids(body))
    assert not list((acceptor.spool / "open").iterdir())


def test_a_full_spool_and_a_short_disk_refuse_until_there_is_room(tmp_path):
    room = os.statvfs(tmp_path)
    free = room.f_bavail * room.f_frsize
    with accepting(tmp_path, spool_min_free_bytes=str(free * 2)) as acceptor:
        answer = acceptor.post(request(1))
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert "the disk has less than" in answer.content.decode("utf-8", "replace")
        with pytest.raises(grpc.RpcError) as refusal:
            acceptor.export(request(1))
        assert refusal.value.code() is grpc.StatusCode.UNAVAILABLE
    assert acceptor.counters()["refused"] == {"spool_full": 2}


def test_a_quarantine_that_cannot_be_written_does_not_stop_the_start(tmp_path):
    with accepting(tmp_path) as acceptor:
        kept, damaged = request(3), request(3)
        for body in (kept, damaged, request(3)):
            assert acceptor.post(body).status_code == 200
        acceptor.kill()
        (segment,) = [*(acceptor.spool / "open").iterdir(), *(acceptor.spool / "closed").iterdir()]
        data = bytearray(segment.read_bytes())
        data[len(data) // 2] ^= 0xFF
        (acceptor.spool / "open" / segment.name).write_bytes(bytes(data))
        (acceptor.spool / "closed" / segment.name).unlink(missing_ok=True)
        (acceptor.spool / "quarantine").rmdir()
        (acceptor.spool / "quarantine").symlink_to("/proc/self/fdinfo")
        acceptor.start()
        assert acceptor.post(kept).status_code == 200
        assert acceptor.post(request(2)).status_code == 200
        (acceptor.spool / "quarantine").unlink()
        acceptor.kill()
        acceptor.start()
    # Two sound records of three, the one that was sent again known, and the new one.
    assert len(spooled(acceptor.spool)) == 3 + 3 + 2
    assert len(list((acceptor.spool / "quarantine").glob("*.bad"))) == 1
