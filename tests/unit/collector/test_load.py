import json
import time

import pytest

from collector.load import Loader, LoaderConfig
from collector.segment import encode_record, segment_id
from collector.signal import TRACES
from storage.errors import StoreUnavailable
from storage.load import TraceLoad
from tests.unit.collector.requests import request


class Disturbed:
    """The real store behind a fault."""

    def __init__(self, store, fault=None):
        self.store = store
        self.fault = fault
        self.executed = 0

    def __getattr__(self, name):
        return getattr(self.store, name)

    def execute(self, statement):
        self.executed += 1
        if self.fault:
            self.fault(self, statement)
        self.store.execute(statement)


def closed(folder, *requests, spans=3):
    """Write a closed segment."""
    (folder / "closed").mkdir(parents=True, exist_ok=True)
    path = folder / "closed" / f"{segment_id(time.time_ns())}.seg"
    now = time.time_ns()
    path.write_bytes(b"".join(encode_record(now + n, "default", now, spans, r) for n, r in enumerate(requests)))
    return path


def loaded(engine):
    return [
        engine.query(sql).rows[0][0]
        for sql in (
            "SELECT count() FROM otel_traces",
            "SELECT count() FROM llm_calls",
            "SELECT sum(calls) FROM calls_1m",
            "SELECT sum(spans) FROM spans_1m",
        )
    ]


def test_a_segment_is_loaded_and_gone(engine, tmp_path):
    path = closed(tmp_path, request(), request())
    loader = Loader(tmp_path, {TRACES: TraceLoad(engine)})
    loader.load_one(path)
    assert loaded(engine) == [6, 6, 6, 6]
    assert not path.exists()
    assert not list((tmp_path / "journal").iterdir())


def test_a_crash_after_the_insert_stores_nothing_twice(engine, tmp_path):
    path = closed(tmp_path, request(), request())
    copy = path.read_bytes()
    loader = Loader(tmp_path, {TRACES: TraceLoad(engine)})
    planned = loader.journal.plan(path.stem, loader.stores[TRACES].statement(path, path.stem, path.stem), 6)
    loader.stores[TRACES].execute(planned)
    again = Loader(tmp_path, {TRACES: TraceLoad(engine)})
    again.load_one(path)
    path.write_bytes(copy)
    again.stores[TRACES].execute(planned)
    assert loaded(engine) == [6, 6, 6, 6]


def test_a_crash_before_the_insert_runs_what_was_journalled(engine, tmp_path):
    path = closed(tmp_path, request())
    first = Loader(tmp_path, {TRACES: TraceLoad(engine)})
    statement = first.stores[TRACES].statement(path, path.stem, path.stem)
    first.journal.plan(path.stem, statement, 3)
    second = Disturbed(TraceLoad(engine))
    seen = []
    second.fault = lambda _, planned: seen.append(planned.sql)
    Loader(tmp_path, {TRACES: second}).load_one(path)
    assert seen == [statement.sql]
    assert loaded(engine) == [3, 3, 3, 3]


def test_an_unavailable_store_is_asked_again_until_it_answers(engine, tmp_path):
    closed(tmp_path, request())

    def twice(store, _):
        if store.executed <= 2:
            raise StoreUnavailable("away", 210)

    store = Disturbed(TraceLoad(engine), twice)
    loader = Loader(tmp_path, {TRACES: store}, config=LoaderConfig(first_pause_seconds=0.01))
    loader.start()
    assert loader.drain(20)
    assert store.executed == 3
    assert loaded(engine) == [3, 3, 3, 3]


def test_a_record_that_the_store_refuses_is_quarantined_and_its_neighbours_loaded(engine, tmp_path):
    good = [request() for _ in range(5)]
    # A known field with another wire type: ClickHouse's reader refuses the whole file.
    poison = b"\x0a\x04\x12\x02\x12\x7f"
    closed(tmp_path, *good[:3], poison, *good[3:])
    loader = Loader(tmp_path, {TRACES: TraceLoad(engine)})
    loader.start()
    assert loader.drain(30)
    assert loaded(engine) == [15, 15, 15, 15]
    (note,) = (tmp_path / "quarantine").glob("*.json")
    assert json.loads(note.read_text())["items"] == 3
    assert "code" in json.loads(note.read_text())["reason"]
    assert loader.stats().quarantined == 3


def test_a_half_whose_whole_still_exists_is_not_loaded(tmp_path, engine):
    whole = closed(tmp_path, request(), request())
    loader = Loader(tmp_path, {TRACES: TraceLoad(engine)})
    half = tmp_path / "halves" / f"{whole.stem}~{segment_id(1)}.seg"
    half.write_bytes(whole.read_bytes())
    loader.start()
    assert loader.drain(20)
    assert loaded(engine) == [6, 6, 6, 6]


def test_the_inspector_sees_the_segment_before_it_goes_and_cannot_hold_it_up(engine, tmp_path):
    path = closed(tmp_path, request())
    seen = []

    class Failing:
        def inspect(self, path, batch_id):
            seen.append((path.exists(), batch_id))
            raise ValueError("no verdict")

    loader = Loader(tmp_path, {TRACES: TraceLoad(engine)}, Failing(), LoaderConfig(first_pause_seconds=0.01))
    loader.load_one(path)
    assert seen == [(True, path.stem)] * 3
    assert loader.stats().not_inspected == 3
    assert not path.exists()


def test_a_damaged_record_costs_itself_alone(engine, tmp_path):
    path = closed(tmp_path, request(), request(), request())
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(bytes(data))
    Loader(tmp_path, {TRACES: TraceLoad(engine)}).load_one(path)
    assert loaded(engine) == [6, 6, 6, 6]
    assert list((tmp_path / "quarantine").glob("*.bad"))


def test_freshness_is_reported(engine, tmp_path):
    path = closed(tmp_path, request())
    loader = Loader(tmp_path, {TRACES: TraceLoad(engine)})
    assert loader.stats().freshness is None
    loader.load_one(path)
    assert loader.stats().freshness[0] == pytest.approx(loader.stats().freshness[1])
