"""Log records and data points take the loader's way: once, whatever is repeated; a refused one costs itself alone."""

import json
import time

import pytest

from collector.load import Loader
from collector.segment import encode_record, segment_id
from collector.signal import LOGS, METRICS, TRACES
from spanwarden.wiring import stores_of
from storage.redaction import NONE
from storage.tables.metrics import METRIC_TABLES
from tests.unit.collector.requests import request
from tests.unit.collector.signal_requests import logs, metrics

MADE = {LOGS: (logs, 3), METRICS: (metrics, 15)}
TABLES = {LOGS: ("otel_logs",), METRICS: tuple(METRIC_TABLES)}


def closed(folder, signal, *bodies, items):
    """Write a closed segment of a signal."""
    (folder / "closed").mkdir(parents=True, exist_ok=True)
    now = time.time_ns()
    path = folder / "closed" / f"{segment_id(now)}{signal.mark}.seg"
    path.write_bytes(b"".join(encode_record(now + n, "default", now, items, body) for n, body in enumerate(bodies)))
    return path


def count(engine, signal):
    return [engine.query(f"SELECT count() FROM {table}").rows[0][0] for table in TABLES[signal]]


@pytest.fixture(params=[LOGS, METRICS], ids=lambda signal: signal.name)
def signal(request):
    return request.param


def test_a_segment_is_loaded_and_gone(engine, tmp_path, signal):
    make, items = MADE[signal]
    path = closed(tmp_path, signal, *(make(3).SerializeToString() for _ in range(2)), items=items)
    loader = Loader(tmp_path, stores_of(engine, NONE))
    loader.load_one(path)
    assert sum(count(engine, signal)) == 2 * items == loader.stats().stored[signal]
    assert len(set(count(engine, signal))) == 1
    assert not path.exists()
    assert not list((tmp_path / "journal").iterdir())


def test_a_crash_between_the_insert_and_the_count_stores_nothing_twice(engine, tmp_path, signal):
    make, items = MADE[signal]
    path = closed(tmp_path, signal, make(3).SerializeToString(), items=items)
    first = Loader(tmp_path, stores_of(engine, NONE))
    statement = first.stores[signal].statement(path, path.stem, path.stem)
    first.stores[signal].execute(first.journal.plan(path.stem, statement, items))
    Loader(tmp_path, stores_of(engine, NONE)).load_one(path)
    assert sum(count(engine, signal)) == items


def test_a_crash_between_two_views_is_healed_by_the_same_statement(engine, tmp_path):
    """The tables that had their rows keep them once; the one that had none gets them."""
    path = closed(tmp_path, METRICS, metrics(3).SerializeToString(), items=15)
    loader = Loader(tmp_path, stores_of(engine, NONE))
    store = loader.stores[METRICS]
    planned = loader.journal.plan(path.stem, store.statement(path, path.stem, path.stem), 15)
    views = engine.query(
        "SELECT name, create_table_query FROM system.tables WHERE name LIKE 'otel_metrics_s%_view'"
    ).rows
    own = [view for view in views if f" {engine.target.database}." in view[1]]
    assert len(own) == 2
    for name, _ in own:
        engine.command(f"DROP VIEW {name}")
    store.execute(planned)
    assert store.count(path.stem) == 9
    for _, created in own:
        engine.command(created)
    loader.load_one(path)
    assert count(engine, METRICS) == [3] * 5
    assert not path.exists()


def test_a_record_that_the_store_refuses_is_quarantined_under_its_signal(engine, tmp_path):
    good = [logs(3).SerializeToString() for _ in range(5)]
    # A known field with another wire type: ClickHouse's reader refuses the whole file.
    closed(tmp_path, LOGS, *good[:3], b"\x0a\x04\x12\x02\x12\x7f", *good[3:], items=3)
    closed(tmp_path, TRACES, request(), items=3)
    loader = Loader(tmp_path, stores_of(engine, NONE))
    loader.start()
    assert loader.drain(60)
    assert count(engine, LOGS) == [15]
    assert engine.query("SELECT count() FROM otel_traces").rows == [(3,)]
    (note,) = (tmp_path / "quarantine").glob("*-logs.json")
    assert json.loads(note.read_text())["items"] == 3
    assert loader.stats().quarantined == 3


def test_a_plan_of_the_first_release_is_read(engine, tmp_path):
    path = closed(tmp_path, TRACES, request(), items=3)
    loader = Loader(tmp_path, stores_of(engine, NONE))
    loader.journal.plan(path.stem, loader.stores[TRACES].statement(path, path.stem, path.stem), 3)
    written = tmp_path / "journal" / f"{path.stem}.json"
    plan = json.loads(written.read_text())
    plan["spans"] = plan.pop("rows")
    written.write_text(json.dumps(plan))
    assert loader.journal.read(path.stem).rows == 3
    loader.load_one(path)
    assert engine.query("SELECT count() FROM otel_traces").rows == [(3,)]
