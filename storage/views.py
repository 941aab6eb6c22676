"""The materialized views: made from the dialect tables, and made again when those have changed.

A view holds no rows, so replacing one loses nothing while no load runs; the engine does it before the loader starts.
Each view's comment is the digest of the text that made it, which is how a changed table is noticed.
"""

from __future__ import annotations

import hashlib
import re
from importlib.resources import files
from string import Template

from storage.dialects.compile import RANKS, Plan, dialect_name, enum, first_token_events
from storage.dialects.enums import FINISH_REASONS, MODEL_CALLS, OPERATIONS, PROVIDERS
from storage.dialects.fields import FIELDS
from storage.engine import Engine
from storage.otlp import literal
from storage.prices.book import PriceBook
from storage.prices.expression import TOKENS, Names, price_steps

# Sources before what is fed from them.
FILES = ("llm_calls.sql", "rollups.sql")

# What prices a call while its span is loaded.
LOADED = Names(
    provider="provider",
    model="if(f_response_model != '', f_response_model, f_request_model)",
    tier="f_service_tier" if "service_tier" in FIELDS else "''",
    at="Timestamp",
    milliseconds="Duration / 1e6",
    service="ServiceName",
    server_address="f_server_address",
    tokens={field: f"f_{field}" for field in TOKENS if field in FIELDS},
)


def view_statements(database: str, book: PriceBook) -> dict[str, str]:
    """Return view name -> its CREATE statement, its comment still to be filled in as ``$comment``."""
    plan, models = Plan.build(), Plan.build(("request_model", "response_model"))
    parts = {
        "hits": plan.hits(),
        "fields": ",\n".join(f"            {plan.field(name)} AS f_{name}" for name in FIELDS),
        "model_hits": models.hits(),
        "request_model": models.field("request_model"),
        "response_model": models.field("response_model"),
        "ranks": str(RANKS),
        "operation": enum("f_operation", OPERATIONS),
        "provider": enum("f_provider", PROVIDERS),
        "finish_reason": enum("f_finish_reason", FINISH_REASONS, default="other"),
        "dialect": dialect_name(),
        "model_calls": "(" + ", ".join(literal(name) for name in MODEL_CALLS) + ")",
        "first_token_events": first_token_events(),
        **dict(zip(("price_names", "price_line", "price_cost"), price_steps(database, book, LOADED), strict=True)),
        "database": database,
    }
    statements = {}
    for file in FILES:
        text = files("storage").joinpath("sql", "views", file).read_text("utf-8")
        body = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
        for statement in body.split(";\n"):
            filled = Template(statement.strip()).safe_substitute(parts)
            statements[re.findall(r"MATERIALIZED VIEW (\w+)", filled)[0]] = filled
    return statements


def install_views(engine: Engine, book: PriceBook) -> list[str]:
    """Make the views that are missing or were made from another text; return their names."""
    present = dict(
        engine.query(
            "SELECT name, comment FROM system.tables WHERE database = currentDatabase() AND engine = 'MaterializedView'"
        ).rows
    )
    made = []
    for name, statement in view_statements(engine.target.database, book).items():
        digest = hashlib.sha256(statement.encode()).hexdigest()
        if present.get(name) == digest:
            continue
        engine.command(f"DROP VIEW IF EXISTS {name}")
        engine.command(Template(statement).safe_substitute(comment=literal(digest)))
        made.append(name)
    return made
