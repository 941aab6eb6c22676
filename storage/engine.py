"""The sole owner of connections to ClickHouse, in the process (chDB) or by URL.

    caller ──> Engine.query ──> borrow a client ──> run ──> ok:        give it back
                                                       └──> exception: close it, open another

A client is used by one thread at a time. After a failed statement chDB can hand the rows that were under way to
the next statement of the same connection, and can leave its settings set; so a client that has raised is never
used again.
"""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import clickhouse_connect
import pandas as pd
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError
from clickhouse_connect.driver.external import ExternalData

from storage.errors import StoreError, StoreRejected, store_error
from storage.lock import PathLock

DEFAULT_DATABASE = "spanwarden"
READ_SECONDS = 60
SESSION = {
    "session_timezone": "UTC",
    "async_insert": 0,
    "deduplicate_blocks_in_dependent_materialized_views": 1,
    "materialized_views_ignore_errors": 0,
    "short_circuit_function_evaluation": "force_enable",
}


@dataclass(frozen=True, slots=True)
class Result:
    """Rows of a query with their column names, in the query's order; times are aware UTC."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]

    def dicts(self) -> list[dict[str, Any]]:
        """Return each row as a mapping from column name to value."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True, slots=True)
class Target:
    """Where a store is: the client's arguments, its database, and its path when it is embedded."""

    arguments: Mapping[str, Any]
    database: str
    path: Path | None

    @classmethod
    def parse(cls, url: str) -> Target:
        """Read ``chdb:///path[?database=d]`` or ``clickhouse[s]://user:password@host:port/database``.

        Raises StoreRejected with what to write instead; the message never repeats a password.
        """
        parts = urlsplit(url)
        if parts.scheme == "chdb" and not parts.netloc and parts.path.startswith("/") and len(parts.path) > 1:
            database = parse_qs(parts.query).get("database", [DEFAULT_DATABASE])[0]
            path = Path(unquote(parts.path))
            return cls({"interface": "chdb", "path": str(path)}, database, path)
        if parts.scheme in ("clickhouse", "clickhouses") and parts.hostname:
            secure = parts.scheme == "clickhouses"
            arguments = {
                "host": parts.hostname,
                "port": parts.port or (8443 if secure else 8123),
                "username": unquote(parts.username or "default"),
                "password": unquote(parts.password or ""),
                "secure": secure,
            }
            return cls(arguments, parts.path.strip("/") or DEFAULT_DATABASE, None)
        raise StoreRejected(
            f"a store address starts with chdb:///path or clickhouse://host:8123/database, not {parts.scheme or url!r}"
        )

    def connect(self, *, database: str | None) -> Client:
        """Open one client; the session settings hold for every statement on it."""
        return clickhouse_connect.get_client(
            **self.arguments, database=database, settings=dict(SESSION), tz_mode="aware"
        )


class Engine:
    """A pool of clients on one database; safe to use from any thread."""

    def __init__(self, target: Target, lock: PathLock | None = None) -> None:
        self.target = target
        self._lock = lock
        self._idle: deque[Client] = deque()
        self._guard = threading.Lock()
        self._closed = False

    @classmethod
    def open(cls, url: str) -> Engine:
        """Open the store at ``url`` and make its database if it is not there.

        Raises StoreLocked when another process owns an embedded store, StoreUnavailable when a server does not
        answer, StoreRejected for an address that cannot be one.
        """
        target = Target.parse(url)
        lock = PathLock.of_store(target.path) if target.path else None
        try:
            engine = cls(target, lock)
            engine._create_database()
        except BaseException:
            if lock:
                lock.release()
            raise
        return engine

    @property
    def embedded(self) -> bool:
        """Whether the engine runs in this process."""
        return self.target.path is not None

    def sibling(self, database: str) -> Engine:
        """Return an engine on another database of the same store; close it before this one."""
        engine = Engine(Target(self.target.arguments, database, self.target.path))
        engine._create_database()
        return engine

    def query(
        self,
        sql: str,
        parameters: Mapping[str, object] | None = None,
        settings: Mapping[str, object] | None = None,
        external: ExternalData | None = None,
    ) -> Result:
        """Run a SELECT with bound ``{name:Type}`` parameters and return all its rows.

        ``external`` is a table that goes along with the query; an embedded engine reads files itself and takes none.
        """
        with self._client() as client:
            answer = client.query(
                sql, parameters=_bound(parameters), settings=_read_settings(settings), external_data=external
            )
            return Result(tuple(answer.column_names), [tuple(row) for row in answer.result_rows])

    def frame(
        self,
        sql: str,
        parameters: Mapping[str, object] | None = None,
        settings: Mapping[str, object] | None = None,
    ) -> pd.DataFrame:
        """Run a SELECT and return its rows as a frame, columns in the query's order."""
        with self._client() as client:
            frame: pd.DataFrame = client.query_df(sql, parameters=_bound(parameters), settings=_read_settings(settings))
            return frame

    def command(
        self,
        sql: str,
        parameters: Mapping[str, object] | None = None,
        settings: Mapping[str, object] | None = None,
    ) -> None:
        """Run a statement that returns no rows."""
        with self._client() as client:
            client.command(sql, parameters=_bound(parameters), settings=dict(settings or {}))

    def send(self, statement: str, settings: Mapping[str, object], data: bytes) -> None:
        """Run a server's INSERT that ends with its format, and send ``data`` for its ``input()``.

        The statement travels in the request's body before the data: an address may not be as long as a policy is.
        """
        with self._client() as client:
            client.raw_insert("", insert_block=statement.encode() + b"\n" + data, settings=dict(settings))

    def insert(self, table: str, rows: Sequence[Sequence[object]], columns: Sequence[str], *, token: str) -> None:
        """Insert ``rows``; a second insert with the same ``token`` into the same table changes nothing."""
        if not rows:
            return
        with self._client() as client:
            client.insert(table, rows, column_names=list(columns), settings={"insert_deduplication_token": token})

    def insert_frame(self, table: str, frame: pd.DataFrame, *, token: str) -> None:
        """Insert a frame, a column each of its own name; its token is as that of ``insert``."""
        if frame.empty:
            return
        with self._client() as client:
            client.insert_df(table, frame, settings={"insert_deduplication_token": token})

    def close(self) -> None:
        """Close every idle client and give the embedded store free; safe to call twice."""
        with self._guard:
            self._closed = True
            idle, self._idle = self._idle, deque()
        for client in idle:
            client.close()
        if self._lock:
            self._lock.release()

    def _create_database(self) -> None:
        name = self.target.database
        if not name.replace("_", "").isalnum():
            raise StoreRejected(f"a database name has letters, digits and _, not {name!r}")
        with _typed_errors():
            client = self.target.connect(database=None)
            try:
                client.command(f"CREATE DATABASE IF NOT EXISTS `{name}`")
            finally:
                client.close()
            self._idle.append(self.target.connect(database=name))

    @contextlib.contextmanager
    def _client(self) -> Iterator[Client]:
        with _typed_errors():
            client = self._borrow()
            try:
                yield client
            except BaseException:
                client.close()
                raise
            self._give_back(client)

    def _borrow(self) -> Client:
        with self._guard:
            if self._closed:
                raise StoreRejected("the store is closed")
            if self._idle:
                return self._idle.pop()
        return self.target.connect(database=self.target.database)

    def _give_back(self, client: Client) -> None:
        with self._guard:
            if not self._closed:
                self._idle.append(client)
                return
        client.close()


@contextlib.contextmanager
def _typed_errors() -> Iterator[None]:
    """Turn the driver's exceptions into the store's two kinds."""
    try:
        yield
    except StoreError:
        raise
    except ClickHouseError as error:
        raise store_error(str(error), getattr(error, "code", None)) from error
    except OSError as error:
        raise store_error(f"the store does not answer: {error}", None) from error


def _bound(parameters: Mapping[str, object] | None) -> dict[str, Any] | None:
    return dict(parameters) if parameters else None


def _read_settings(settings: Mapping[str, object] | None) -> dict[str, Any]:
    return {"max_execution_time": READ_SECONDS, **(settings or {})}
