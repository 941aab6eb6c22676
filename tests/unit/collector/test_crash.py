"""A crash at each arrow of the loader, and whatever is found at the next start: each span counts once."""

from __future__ import annotations

import errno
import os
import random
import time

import pytest

from collector import files, journal, load, poison, recover
from collector.load import Loader, LoaderConfig
from collector.recover import keep_sound_records
from collector.segment import encode_record, segment_id
from collector.signal import TRACES
from storage.load import TraceLoad
from tests.unit.collector.requests import request
from tests.unit.collector.test_load import Disturbed, closed, loaded


class Crashed(BaseException):
    """The process is gone: nothing that would clean up may run."""


class Arrow:
    """Crashes at its ``at``-th step."""

    def __init__(self, at):
        self.left = at
        self.reached = False

    def step(self, *_, **__):
        if self.left == 0:
            self.reached = True
            raise Crashed
        self.left -= 1

    def around(self, work, *, before=True, after=True):
        """Return ``work`` with a step on either side."""

        def stepped(*args, **kwargs):
            if before:
                self.step()
            result = work(*args, **kwargs)
            if after:
                self.step()
            return result

        return stepped


def crashing(monkeypatch, arrow):
    """Put a step before and after every change on the disk that the loader makes."""
    for module in (journal, poison, recover):
        monkeypatch.setattr(module, "write_synced", arrow.around(files.write_synced))
    for module in (journal, poison, recover, load):
        monkeypatch.setattr(module, "sync_folder", arrow.around(files.sync_folder))
    monkeypatch.setattr(os, "replace", arrow.around(os.replace))
    monkeypatch.setattr(type(journal.Path()), "unlink", arrow.around(journal.Path.unlink))


class Stepping(Disturbed):
    """The real store with a step before and after each statement."""

    def __init__(self, store, arrow):
        super().__init__(store)
        self.execute = arrow.around(store.execute)
        self.count = arrow.around(store.count)


def crash_at(engine, folder, step, *requests):
    """Load ``requests`` with a crash at ``step``, then start again without; return whether the crash was reached."""
    arrow = Arrow(step)
    path = closed(folder, *requests)
    with pytest.MonkeyPatch.context() as monkeypatch:
        loader = Loader(folder, {TRACES: Stepping(TraceLoad(engine), arrow)})
        crashing(monkeypatch, arrow)
        try:
            loader.load_one(path)
            for left in sorted((folder / "closed").iterdir()):
                loader.load_one(left)
        except Crashed:
            pass
    again = Loader(folder, {TRACES: TraceLoad(engine)}, config=LoaderConfig(first_pause_seconds=0.01))
    again.start()
    assert again.drain(30)
    assert not list((folder / "journal").iterdir())
    return arrow.reached


@pytest.mark.slow
def test_a_crash_at_each_step_of_a_load_stores_once(engine, tmp_path):
    steps = 0
    while crash_at(engine, tmp_path / str(steps), steps, request(), request()):
        steps += 1
    # plan, INSERT, count, unlink, sync, forget: a step before and after each
    assert steps >= 10
    assert loaded(engine) == [6 * (steps + 1)] * 4


@pytest.mark.slow
def test_a_crash_while_a_record_is_quarantined_stores_its_neighbours_once(engine, tmp_path):
    poisoned = b"\x0a\x04\x12\x02\x12\x7f"
    # Some sixty steps; each run takes every eighth of them, from another one on.
    step, runs, going = random.randrange(8), 0, True
    while going:
        going = crash_at(engine, tmp_path / str(step), step, request(3), poisoned, request(3))
        assert len(list((tmp_path / str(step) / "quarantine").glob("*.seg"))) == 1, step
        step, runs = step + 8, runs + 1
    assert runs >= 5
    assert loaded(engine) == [6 * runs] * 4


def test_a_plan_without_a_segment_and_a_segment_without_a_plan_are_no_trouble(engine, tmp_path):
    path = closed(tmp_path, request())
    loader = Loader(tmp_path, {TRACES: TraceLoad(engine)})
    loader.journal.plan("gone", loader.stores[TRACES].statement(path, "gone", "gone"), 3)
    (tmp_path / "journal" / f"{path.stem}.json").write_bytes(b"torn")
    loader.start()
    assert loader.drain(20)
    assert loaded(engine) == [3, 3, 3, 3]
    assert not list((tmp_path / "journal").iterdir())


def test_a_folder_that_was_moved_after_a_crash_is_loaded_once(engine, tmp_path):
    path = closed(tmp_path / "before", request())
    first = Loader(tmp_path / "before", {TRACES: TraceLoad(engine)})
    first.stores[TRACES].execute(
        first.journal.plan(path.stem, first.stores[TRACES].statement(path, path.stem, path.stem), 3)
    )
    os.rename(tmp_path / "before", tmp_path / "after")
    again = Loader(tmp_path / "after", {TRACES: TraceLoad(engine)})
    again.start()
    assert again.drain(20)
    assert loaded(engine) == [3, 3, 3, 3]


def test_every_cut_of_a_segments_end_keeps_the_records_before(tmp_path):
    parts = [encode_record(10**18 + n, "default", 1, 1, b"request %d" % n) for n in range(2)]
    whole = b"".join(parts)
    for cut in range(len(parts[0]), len(whole)):
        path = tmp_path / f"{segment_id(cut)}.seg"
        path.write_bytes(whole[:cut])
        assert keep_sound_records(path, tmp_path).items == 1
        assert path.read_bytes() == parts[0]


def test_a_flipped_bit_costs_at_most_its_record(tmp_path):
    source = random.Random(5)
    parts = [encode_record(10**18 + n, "default", 1, 1, source.randbytes(60)) for n in range(6)]
    whole = b"".join(parts)
    for number in range(200):
        place = source.randrange(len(whole) * 8)
        data = bytearray(whole)
        data[place // 8] ^= 1 << place % 8
        path = tmp_path / f"{segment_id(number)}.seg"
        path.write_bytes(bytes(data))
        kept = keep_sound_records(path, tmp_path)
        assert kept.items == 5
        broken = next(n for n in range(6) if place // 8 < sum(map(len, parts[: n + 1])))
        assert path.read_bytes() == b"".join(parts[:broken] + parts[broken + 1 :])
        path.unlink()


def test_a_full_disk_keeps_the_segment_until_there_is_room(engine, tmp_path, monkeypatch):
    path = closed(tmp_path, request())
    loader = Loader(tmp_path, {TRACES: TraceLoad(engine)}, config=LoaderConfig(first_pause_seconds=0.01))

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(journal, "write_synced", full)
        loader.start()
        until = time.monotonic() + 10
        while not loader.stats().failing and time.monotonic() < until:
            time.sleep(0.01)
        assert loader.stats().failing == "OSError"
        assert path.exists()
    assert loader.drain(30)
    assert loaded(engine) == [3, 3, 3, 3]
    assert loader.stats().failing == ""
