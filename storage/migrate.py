"""Numbered migrations of the telemetry store: plan, apply, remember.

A migration is a file ``NNNN_name.sql`` of statements, each ended by a semicolon at the end of a line. ``{durable}``
stands for the settings that make a table keep what was acknowledged and drop a repeated insert.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

from storage.engine import Engine
from storage.errors import StoreRejected

# Every insert carries a token; a segment is reloaded with its own. Ten thousand tokens are hours of segments.
# The engine's default is no fsync at all: a loaded segment is deleted, so its rows must be on the disk first.
DURABLE = ", ".join(
    (
        "non_replicated_deduplication_window = 10000",
        "fsync_after_insert = 1",
        "fsync_part_directory = 1",
        "min_rows_to_fsync_after_merge = 1",
        "min_compressed_bytes_to_fsync_after_merge = 1",
        "old_parts_lifetime = 480",
    )
)
LEDGER = """CREATE TABLE IF NOT EXISTS schema_migrations
(number UInt32, name String, digest String, applied_at DateTime64(3) DEFAULT now64(3))
ENGINE = MergeTree ORDER BY number"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered file: its statements in order and the digest of its text."""

    number: int
    name: str
    digest: str
    statements: tuple[str, ...]


def migrations() -> Iterator[Migration]:
    """Yield the shipped migrations in the order of their numbers."""
    folder = files("storage").joinpath("sql", "migrations")
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if match := re.fullmatch(r"(\d{4})_(\w+)\.sql", entry.name):
            text = entry.read_text("utf-8")
            yield Migration(
                int(match[1]), match[2], hashlib.sha256(text.encode()).hexdigest(), tuple(_statements(text))
            )


def migrate(engine: Engine) -> list[Migration]:
    """Apply what is not yet applied and return it.

    Raises StoreRejected when an applied migration's text has changed since, or the store is newer than this code.
    """
    engine.command(LEDGER)
    applied = {
        row["number"]: row["digest"] for row in engine.query("SELECT number, digest FROM schema_migrations").dicts()
    }
    known = list(migrations())
    _refuse_strangers(applied, known)
    done = [migration for migration in known if migration.number not in applied]
    for migration in done:
        for statement in migration.statements:
            engine.command(statement)
        engine.insert(
            "schema_migrations",
            [(migration.number, migration.name, migration.digest)],
            ["number", "name", "digest"],
            token=f"migration-{migration.number}",
        )
    return done


def _refuse_strangers(applied: dict[int, str], known: list[Migration]) -> None:
    shipped = {migration.number: migration.digest for migration in known}
    if newer := sorted(set(applied) - set(shipped)):
        raise StoreRejected(
            f"this store was written by a newer release (migration {newer[-1]:04d}); install that release"
        )
    if changed := [number for number, digest in applied.items() if shipped[number] != digest]:
        raise StoreRejected(
            f"migration {changed[0]:04d} was changed after it was applied to this store; restore the shipped file"
        )


def _statements(text: str) -> Iterator[str]:
    body = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("--"))
    for statement in re.split(r";\s*(?:\n|$)", body):
        if statement.strip():
            yield statement.strip().replace("{durable}", DURABLE)
