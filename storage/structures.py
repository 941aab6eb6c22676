"""The named queries of ``storage/sql/structures``: what the job that computes structures above the span asks."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def structures_sql(name: str) -> str:
    """Return the text of ``storage/sql/structures/<name>.sql``."""
    return (files("storage") / "sql" / "structures" / f"{name}.sql").read_text("utf-8")
