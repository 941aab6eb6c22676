"""Writes every column of every table of an embedded store, system tables too; run in a process of its own.

python -m tests.integration.store_text <data_dir>/chdb
"""

from __future__ import annotations

import sys

from storage.engine import Engine
from storage.errors import StoreError

# Endless generators, and what describes the engine itself at length.
SKIPPED = {"numbers", "numbers_mt", "zeros", "zeros_mt", "primes", "generate_series", "generateSeries", "documentation"}
# The states of sketches hold numbers alone, and the client cannot read them.
COLUMNS = """
SELECT database, table, groupArray(name) FROM system.columns
WHERE NOT startsWith(type, 'AggregateFunction') AND lower(database) != 'information_schema'
GROUP BY database, table"""


def main(path: str) -> None:
    """Write one line a row; a system table that this engine cannot read (of other servers) is passed over."""
    engine = Engine.open(f"chdb://{path}")
    for database, table, columns in engine.query(COLUMNS).rows:
        names = ", ".join(f"`{column}`" for column in columns)
        if database == "system" and table in SKIPPED:
            continue
        try:
            rows = engine.query(f"SELECT {names} FROM `{database}`.`{table}`").rows
        except StoreError as error:
            if database != "system":
                raise
            rows = [(f"not read: code {error.code}",)]
        for row in rows:
            sys.stdout.write("\t".join((f"{database}.{table}", *map(str, row))) + "\n")
    engine.close()


if __name__ == "__main__":
    main(sys.argv[1])
