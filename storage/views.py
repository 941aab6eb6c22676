"""The materialized views: made from the dialect tables, and made again when those have changed.

A view holds no rows, so replacing one loses nothing while no load runs; the engine does it before the loader starts.
Each view's comment is the digest of the text that made it, which is how a changed table is noticed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from string import Template

from storage.dialects.calls import call_parts
from storage.dialects.fields import Dialect
from storage.dialects.registry import SHIPPED
from storage.engine import Engine
from storage.inference.registry import mapping
from storage.literals import literal
from storage.prices.book import PriceBook
from storage.prices.expression import TOKENS, Names, priced
from storage.tables.metrics import metric_columns

# Sources before what is fed from them.
FILES = ("typed_spans.sql", "llm_calls.sql", "rollups.sql", "costs.sql", "logs.sql", "metrics.sql", "inference.sql")

# A call is made in a chain of views; what lies between them keeps nothing and has the columns of the SELECT before it.
LANDINGS = {"typed_spans_view": "typed_spans", "priced_spans_view": "priced_spans"}
CHAIN = (*LANDINGS, "llm_calls_view")

# What prices a call while its span is loaded.
LOADED = Names(
    provider="provider",
    model="if(f_response_model != '', f_response_model, f_request_model)",
    tier="f_service_tier",
    at="Timestamp",
    milliseconds="Duration / 1e6",
    service="ServiceName",
    server_address="f_server_address",
    tokens={field: f"f_{field}" for field in TOKENS},
)


def view_statements(database: str, book: PriceBook, dialects: Sequence[Dialect] = SHIPPED) -> dict[str, str]:
    """Return view name -> its CREATE statement, its comment still to be filled in as ``$comment``."""
    prices = priced(database, book, LOADED)
    parts = {
        **call_parts(dialects),
        "price_before": prices.before,
        "price_after": prices.after,
        "database": database,
        **metric_columns(),
        **mapping(),
    }
    statements = {}
    for file in FILES:
        text = files("storage").joinpath("sql", "views", file).read_text("utf-8")
        body = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
        for statement in body.split(";\n"):
            filled = Template(statement.strip()).safe_substitute(parts)
            statements[re.findall(r"MATERIALIZED VIEW (\w+)", filled)[0]] = filled
    return statements


def install_views(engine: Engine, book: PriceBook, dialects: Sequence[Dialect] = SHIPPED) -> list[str]:
    """Make the views that are missing or were made from another text; return their names."""
    present = dict(
        engine.query(
            "SELECT name, comment FROM system.tables WHERE database = currentDatabase() AND engine = 'MaterializedView'"
        ).rows
    )
    statements = view_statements(engine.target.database, book, dialects)
    digests = _digests(statements)
    changed = [name for name in statements if present.get(name) != digests[name]]
    for name in changed:
        engine.command(f"DROP VIEW IF EXISTS {name}")
    for name in changed:
        if name in LANDINGS:
            _land(engine, LANDINGS[name], statements[name])
        engine.command(Template(statements[name]).safe_substitute(comment=literal(digests[name])))
    return changed


def _digests(statements: Mapping[str, str]) -> dict[str, str]:
    """Return what each view is recognised by; those of the chain are made anew together."""
    chain = "".join(statements[name] for name in CHAIN)
    texts = {name: chain + name if name in CHAIN else text for name, text in statements.items()}
    return {name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()}


def _land(engine: Engine, table: str, view: str) -> None:
    """Make the table that a view of the chain lands in, with the columns that its SELECT has."""
    engine.command(f"DROP TABLE IF EXISTS {table}")
    engine.command(f"CREATE TABLE {table} ENGINE = Null EMPTY AS {view.split(' AS', 1)[1]}")
