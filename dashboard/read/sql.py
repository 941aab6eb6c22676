"""The named queries of ``storage/sql/read``, as they are written there; every value is bound."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def sql(name: str) -> str:
    """Return the text of ``storage/sql/read/<name>.sql``."""
    return (files("storage") / "sql" / "read" / f"{name}.sql").read_text("utf-8")
