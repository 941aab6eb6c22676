"""The store's wrapper: addresses, typed failures, the fence after a failed query, the schema as declared."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from storage.engine import Engine, Target
from storage.errors import StoreLocked, StoreRejected, StoreUnavailable
from storage.migrate import LEDGER, migrate
from storage.tables.registry import TABLES

# Fails after its first blocks have been produced: without the fence its rows reach the next caller.
FAILS_LATE = "SELECT number, throwIf(number = 3000000) FROM numbers(4000000)"


def test_a_failed_query_leaves_no_rows_to_the_next_caller(engine: Engine) -> None:
    for attempt in range(15):
        with pytest.raises(StoreRejected):
            engine.query(FAILS_LATE, settings={"max_block_size": 65536, "max_threads": 1})
        assert engine.query("SELECT 7 AS n FROM numbers(3)").rows == [(7,), (7,), (7,)], attempt


def test_the_fence_holds_between_threads(engine: Engine) -> None:
    def ask(number: int) -> list[tuple[int, ...]]:
        if number % 3 == 0:
            with pytest.raises(StoreRejected):
                engine.query(FAILS_LATE, settings={"max_block_size": 65536, "max_threads": 1})
        return engine.query("SELECT {n:UInt32} FROM numbers(2)", {"n": number}).rows

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, range(30)))
    assert answers == [[(n,), (n,)] for n in range(30)]


def test_settings_of_a_failed_statement_do_not_stay(engine: Engine) -> None:
    with pytest.raises(StoreRejected):
        engine.command("INSERT INTO no_such_table SELECT 1", settings={"max_block_size": 17})
    value = engine.query("SELECT value FROM system.settings WHERE name = 'max_block_size'").rows
    assert value != [("17",)]


def test_errors_have_a_kind_and_a_code(engine: Engine) -> None:
    with pytest.raises(StoreRejected) as unknown:
        engine.query("SELECT no_such_column")
    assert unknown.value.code == 47
    with pytest.raises(StoreUnavailable) as slow:
        engine.query("SELECT sleepEachRow(1) FROM numbers(3)", settings={"max_execution_time": 1, "max_block_size": 1})
    assert slow.value.code == 159


def test_a_repeated_token_inserts_once(engine: Engine) -> None:
    for _ in range(2):
        engine.insert("spans_1m", [("t", 0, "s", "Client", "Ok", 5)], list(TABLES["spans_1m"]), token="one")
    assert engine.query("SELECT sum(spans) FROM spans_1m").rows == [(5,)]


def test_a_second_process_hears_who_owns_the_store(tmp_path: Path) -> None:
    store = tmp_path / "chdb"
    code = f"""
import os, sys
from storage.engine import Engine
engine = Engine.open("chdb://{store}")
print(os.getpid(), flush=True)
sys.stdin.read()
"""
    owner = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert owner.stdout is not None
        pid = owner.stdout.readline().strip()
        with pytest.raises(StoreLocked, match=f"process {pid}"):
            Engine.open(f"chdb://{store}")
    finally:
        owner.communicate("")


@pytest.mark.parametrize("url", ["", "chdb://", "postgres://x", "chdb:relative", "clickhouse://"])
def test_an_address_that_cannot_be_one_says_what_to_write(url: str) -> None:
    with pytest.raises(StoreRejected, match="chdb:///path"):
        Target.parse(url)


def test_an_address_error_keeps_the_password_out() -> None:
    with pytest.raises(StoreUnavailable) as error:
        Engine.open("clickhouse://user:hunter2@127.0.0.1:9/db")
    assert "hunter2" not in str(error.value)


@pytest.mark.parametrize("table", TABLES)
def test_the_database_has_the_declared_columns(engine: Engine, table: str) -> None:
    described = {row["name"]: row["type"] for row in engine.query(f"DESCRIBE {table}").dicts()}
    assert list(described.items()) == list(TABLES[table].items())


def test_migrating_again_changes_nothing(engine: Engine) -> None:
    assert migrate(engine) == []


def test_a_store_of_a_newer_release_is_refused(empty_engine: Engine) -> None:
    empty_engine.command(LEDGER)
    empty_engine.command("INSERT INTO schema_migrations (number, name, digest) VALUES (9999, 'later', '')")
    with pytest.raises(StoreRejected, match="newer release"):
        migrate(empty_engine)
