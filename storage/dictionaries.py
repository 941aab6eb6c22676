"""Where a dictionary of the store reads its rows: a table of the same store."""

from __future__ import annotations

from storage.engine import Engine
from storage.literals import literal


def dictionary_source(engine: Engine, table: str) -> str:
    """Return the SOURCE clause of a dictionary over ``table``; on a server it holds the login, so keep it nowhere else.

    Without a name a server's dictionary reads as ``default`` without a password.
    """
    arguments = engine.target.arguments
    user, password = str(arguments.get("username", "")), str(arguments.get("password", ""))
    bare = user in ("", "default") and not password
    login = "" if bare else f" USER {literal(user)} PASSWORD {literal(password)}"
    return f"SOURCE(CLICKHOUSE(TABLE {literal(table)} DB {literal(engine.target.database)}{login}))"
