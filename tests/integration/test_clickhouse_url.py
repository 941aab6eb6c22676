"""A store at ``clickhouse://``: the same schema, the same statement, the segment sent along.

The client's path runs against a test server over chDB, and against a real server where one is named.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

from collector.load import Loader
from collector.signal import TRACES
from storage.engine import Engine
from storage.errors import StoreRejected, StoreUnavailable
from storage.load import TraceLoad
from storage.outputs import Selection, texts, token_ids
from storage.redaction import Redaction
from storage.schema import prepare
from storage.tables.traces import OTEL_TRACES
from tests.integration.told_spans import tell
from tests.integration.upright import up
from tests.unit.collector.requests import request
from tests.unit.collector.test_load import closed, loaded

HERE = Path(__file__).parents[2]
REAL = "SPANWARDEN_TEST_CLICKHOUSE_URL"
MASKING = Redaction(
    "p", '["a\\tb"]', "digest", "replaceAll(t, 'secret', '⟦word⟧')", "position(t, 'secret') > 0", {"word": "⟦word⟧"}
)


@pytest.fixture(scope="module")
def test_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the test server, with the login that it asks for."""
    path = tmp_path_factory.mktemp("server") / "chdb"
    command = [sys.executable, "-m", "tests.support.chdb_http", str(path), "writer", "s3cret"]
    with subprocess.Popen(command, cwd=HERE, stdout=subprocess.PIPE, text=True) as process:
        yield f"clickhouse://writer:s3cret@127.0.0.1:{process.stdout.readline().strip()}"
        process.kill()


@pytest.fixture(
    scope="module", params=[pytest.param("test", id="test server"), pytest.param("real", marks=pytest.mark.server)]
)
def server(request: pytest.FixtureRequest) -> str:
    """The address of a server, of the test server or of a real one."""
    if request.param == "test":
        return str(request.getfixturevalue("test_server"))
    if not os.environ.get(REAL):
        pytest.skip(f"{REAL} names no server")
    parts = urlsplit(os.environ[REAL])
    return urlunsplit((parts.scheme, parts.netloc, "", "", ""))


@pytest.fixture
def url(server: str) -> str:
    """The address of a database of its own."""
    return f"{server}/test_{uuid.uuid4().hex[:12]}"


@pytest.fixture
def remote(url: str) -> Iterator[Engine]:
    """A prepared store behind a URL."""
    engine = Engine.open(url)
    prepare(engine)
    yield engine
    engine.command(f"DROP DATABASE `{engine.target.database}`")
    engine.close()


def test_a_segment_is_sent_and_counts_once_however_often(remote: Engine, tmp_path: Path) -> None:
    path = closed(tmp_path, request(), request())
    copy = path.read_bytes()
    loader = Loader(tmp_path, {TRACES: TraceLoad(remote)})
    loader.load_one(path)
    assert loaded(remote) == [6, 6, 6, 6]
    assert not path.exists()
    path.write_bytes(copy)
    loader.load_one(path)
    assert loaded(remote) == [6, 6, 6, 6]


def test_a_server_stores_the_rows_that_the_engine_in_this_process_stores(
    remote: Engine, engine: Engine, tmp_path: Path
) -> None:
    path = closed(tmp_path, request(4, name="a secret ' name\\", attributes={"x": "secret", "y": [1.5, "ü"][1:]}))
    columns = ", ".join(f"`{name}`" for name in OTEL_TRACES if name != "IngestedAt")
    rows = []
    for store in (engine, remote):
        load = TraceLoad(store, MASKING)
        load.execute(load.statement(path, path.stem, path.stem))
        rows.append(store.query(f"SELECT {columns} FROM otel_traces ORDER BY SpanId").dicts())
    assert rows[0] == rows[1]
    assert rows[0][0]["SpanName"] == "a ⟦word⟧ ' name\\"
    costs = [store.query("SELECT sum(cost_usd) FROM llm_calls").rows[0][0] for store in (engine, remote)]
    assert costs[0] == costs[1] > 0


def test_what_a_policy_must_see_of_a_segment_is_sent_along(remote: Engine, tmp_path: Path) -> None:
    attributes = {"gen_ai.output.messages": "the answer's text"}
    path = closed(tmp_path, request(1, attributes=attributes), spans=1)
    load = TraceLoad(remote)
    load.execute(load.statement(path, path.stem, path.stem))
    selection = Selection(path.stem, ".*", ".*")
    assert [dict(found) for found in texts(remote, path, selection).values()] == [attributes]
    assert token_ids(remote, path, selection) == {}


def test_a_wrong_login_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(StoreRejected) as refused:
        Engine.open(url.replace("s3cret", "wrong-w0rd") if "s3cret" in url else _with_login(url))
    assert refused.value.code == 516
    assert "wrong-w0rd" not in str(refused.value)


def _with_login(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, f"nobody:wrong-w0rd@{parts.netloc.rpartition('@')[2]}", parts.path, "", ""))


def test_a_server_that_is_away_may_answer_later(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match=r"127\.0\.0\.1"):
        Engine.open("clickhouse://127.0.0.1:1/shop")


@pytest.mark.slow
def test_the_whole_runs_on_a_server(url: str, tmp_path: Path) -> None:
    spans = tell(time.time_ns() - 60 * 10**9)
    with up(tmp_path, STORE_URL=url) as running:
        exporter = OTLPSpanExporter(endpoint=running.http)
        exporter.export(spans)
        exporter.shutdown()
        running.await_stored(len(spans))
    assert not (running.data_dir / "chdb").exists()
    engine = Engine.open(url)
    assert engine.query("SELECT count() FROM otel_traces").rows == [(len(spans),)]
    assert "s3cret" not in running.log.read_text()
    engine.command(f"DROP DATABASE `{engine.target.database}`")
    engine.close()
