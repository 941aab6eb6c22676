"""Opens the control plane on SQLite or PostgreSQL and brings its schema up to date."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine as SqlEngine
from sqlalchemy import create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from storage.errors import StoreRejected

SCRIPTS = Path(__file__).parent


class Control:
    """Sessions on the control plane: ``with control.begin() as session`` commits or rolls back as one."""

    def __init__(self, sql: SqlEngine) -> None:
        self.sql = sql
        self._sessions = sessionmaker(sql, expire_on_commit=False)
        self.begin = self._sessions.begin

    def session(self) -> Session:
        """Return a session for reading; the caller closes it."""
        return self._sessions()

    def close(self) -> None:
        """Close every pooled connection."""
        self.sql.dispose()


def open_control(url: str) -> Control:
    """Open ``sqlite:////path`` or ``postgresql+psycopg://...``; raises StoreRejected for another address."""
    try:
        address = make_url(url)
    except ArgumentError:
        raise StoreRejected("a control address starts with sqlite:///path or postgresql+psycopg://") from None
    sql = create_engine(address, pool_pre_ping=True)
    if address.get_backend_name() == "sqlite":
        event.listen(sql, "connect", _prepare_sqlite)
    return Control(sql)


def migrate_control(url: str) -> None:
    """Bring the schema to the newest revision. The supervisor does this before it starts any other process."""
    control = open_control(url)
    try:
        with control.sql.begin() as connection:
            config = Config()
            config.set_main_option("script_location", str(SCRIPTS))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        control.close()


def _prepare_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    # WAL lets pages read while a job writes; FULL syncs each commit, so what a person decided survives a power cut.
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
