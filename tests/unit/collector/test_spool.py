import errno
import os
import time

import pytest

from collector import writer
from collector.errors import Unavailable
from collector.segment import encode_record, read_segment, segment_id
from collector.spool import Spool, SpoolConfig

PATIENCE = 10


def records_of(folder):
    """All records of closed segments, in order."""
    return [
        data[record.body : record.end]
        for path in sorted((folder / "closed").iterdir())
        for data in [path.read_bytes()]
        for record in read_segment(data).records
    ]


@pytest.fixture
def spool(tmp_path):
    spool = Spool(tmp_path / "spool", SpoolConfig(segment_seconds=0.1))
    yield spool
    spool.close()


def test_an_acknowledged_request_is_in_a_segment(spool):
    futures = [spool.append("default", b"request %d" % number, 1) for number in range(50)]
    for future in futures:
        future.result(PATIENCE)
    spool.close()
    assert records_of(spool.folder) == [b"request %d" % number for number in range(50)]


def test_files_belong_to_the_owner_alone(spool):
    spool.append("default", b"secret", 1).result(PATIENCE)
    spool.close()
    for folder in (spool.folder / "closed", spool.folder / "digests"):
        assert folder.stat().st_mode & 0o077 == 0
        assert all(path.stat().st_mode & 0o077 == 0 for path in folder.iterdir())


def test_a_segment_closes_when_it_is_old_enough(spool):
    spool.append("default", b"alone", 1).result(PATIENCE)
    deadline = time.monotonic() + PATIENCE
    while not records_of(spool.folder):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_resent_request_counts_once_also_after_a_restart(tmp_path):
    first = Spool(tmp_path / "spool")
    for _ in range(2):
        first.append("default", b"same", 1).result(PATIENCE)
    first.append("other", b"same", 1).result(PATIENCE)
    first.close()
    second = Spool(tmp_path / "spool")
    second.append("default", b"same", 1).result(PATIENCE)
    second.append("default", b"new", 1).result(PATIENCE)
    second.close()
    assert (first.resent, second.resent) == (1, 1)
    assert records_of(tmp_path / "spool") == [b"same", b"same", b"new"]


def test_a_crash_before_the_digests_were_written_still_knows_the_resend(tmp_path):
    folder = tmp_path / "spool"
    Spool(folder).close()
    (folder / "open" / f"{segment_id(time.time_ns())}.seg").write_bytes(
        encode_record(time.time_ns(), "default", 1, 1, b"torn off from its digest")
    )
    spool = Spool(folder)
    spool.append("default", b"torn off from its digest", 1).result(PATIENCE)
    spool.close()
    assert records_of(folder) == [b"torn off from its digest"]


def test_every_cut_of_the_last_record_keeps_the_ones_before(tmp_path):
    whole = b"".join(encode_record(10**18 + n, "default", 1, 1, b"request %d" % n) for n in range(3))
    last = len(whole) - len(encode_record(10**18 + 2, "default", 1, 1, b"request 2"))
    for cut in range(last, len(whole)):
        folder = tmp_path / str(cut)
        (folder / "open").mkdir(parents=True)
        (folder / "open" / f"{segment_id(cut)}.seg").write_bytes(whole[:cut])
        Spool(folder).close()
        assert records_of(folder) == [b"request 0", b"request 1"]
        assert not list((folder / "quarantine").iterdir())


def test_damage_costs_the_damaged_record_alone(tmp_path):
    parts = [encode_record(10**18 + n, "default", 1, 1, b"request number %d" % n) for n in range(5)]
    for place in range(len(parts[2])):
        data = bytearray(b"".join(parts))
        data[len(parts[0]) + len(parts[1]) + place] ^= 0x55
        found = [bytes(data[r.body : r.end]) for r in read_segment(bytes(data)).records]
        assert found == [b"request number %d" % n for n in (0, 1, 3, 4)]


def test_a_zeroed_page_is_set_aside_and_the_rest_kept(tmp_path):
    folder = tmp_path / "spool"
    (folder / "open").mkdir(parents=True)
    parts = [encode_record(10**18 + n, "default", 1, 1, b"x" * 3000) for n in range(5)]
    data = bytearray(b"".join(parts))
    data[4096:8192] = bytes(4096)
    (folder / "open" / f"{segment_id(1)}.seg").write_bytes(bytes(data))
    Spool(folder).close()
    assert len(records_of(folder)) == 3
    assert [path.suffix for path in sorted((folder / "quarantine").iterdir())] == [".bad", ".json"]


def test_a_full_spool_and_a_short_disk_say_try_again(tmp_path):
    full = Spool(tmp_path / "full", SpoolConfig(max_bytes=0))
    with pytest.raises(Unavailable, match="not loaded yet"):
        full.append("default", b"x", 1)
    full.close()
    short = Spool(tmp_path / "short", SpoolConfig(min_free_bytes=1 << 62))
    with pytest.raises(Unavailable, match="the disk has less"):
        short.append("default", b"x", 1)
    short.close()


@pytest.mark.parametrize("failing", ["write", "fdatasync"])
def test_after_a_failed_write_nothing_is_acknowledged_and_the_next_segment_works(spool, monkeypatch, failing):
    spool.append("default", b"before", 1).result(PATIENCE)

    def fail(*_):
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as broken:
        if failing == "write":
            broken.setattr(writer, "write_all", fail)
        else:
            broken.setattr(os, "fdatasync", fail)
        with pytest.raises(Unavailable):
            spool.append("default", b"lost", 1).result(PATIENCE)
    spool.append("default", b"after", 1).result(PATIENCE)
    spool.append("default", b"lost", 1).result(PATIENCE)
    deadline = time.monotonic() + PATIENCE
    while len(records_of(spool.folder)) < 3:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert records_of(spool.folder) == [b"before", b"after", b"lost"]


def test_after_closing_senders_are_told_to_send_again(spool):
    spool.close()
    with pytest.raises(Unavailable):
        spool.append("default", b"late", 1)
