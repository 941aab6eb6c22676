"""Fixtures that every suite shares: one embedded engine a process, a fresh database a test."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from storage.engine import Engine
from storage.schema import prepare

_numbers = itertools.count()


@pytest.fixture(scope="session")
def chdb_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The one embedded store of this test process."""
    engine = Engine.open(f"chdb://{tmp_path_factory.mktemp('store') / 'chdb'}")
    yield engine
    engine.close()


@pytest.fixture
def empty_engine(chdb_store: Engine) -> Iterator[Engine]:
    """A fresh database without tables."""
    name = f"test_{next(_numbers)}"
    engine = chdb_store.sibling(name)
    yield engine
    engine.close()
    chdb_store.command(f"DROP DATABASE `{name}` SYNC")


@pytest.fixture
def engine(empty_engine: Engine) -> Engine:
    """A fresh database with the whole schema."""
    prepare(empty_engine)
    return empty_engine
