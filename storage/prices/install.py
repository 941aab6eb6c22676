"""The book in the store: three dictionaries that price calls, and every line that was ever in a book.

The dictionaries are made again when the book has another digest. ``price_lines`` only grows: a stored call names its
line, and that line can be read for ever, whatever the next book says.
"""

from __future__ import annotations

from collections.abc import Sequence

from storage.dictionaries import dictionary_source
from storage.engine import Engine
from storage.literals import literal
from storage.prices.book import PriceBook
from storage.prices.line import UNITS
from storage.tables.money import PRICE_LINES

NOW = {
    "price_names": "id UInt64, model_group UInt32",
    "price_schedules": (
        "id UInt64, starts Array(UInt32), since Array(UInt32), until Array(UInt32), days Array(UInt8),"
        " above Array(Int64), lines Array(UInt32)"
    ),
    "price_lines_now": f"id UInt64, price_id String, {', '.join(f'{unit} Float64' for unit in UNITS)}",
}
TABLE = """CREATE OR REPLACE TABLE {name}_rows ({columns}) ENGINE = MergeTree ORDER BY id COMMENT {comment}"""
DICTIONARY = """CREATE OR REPLACE DICTIONARY {name} ({columns})
PRIMARY KEY id {source}
LIFETIME(0) LAYOUT({layout}()) COMMENT {comment}"""
# Names are found by the hash of provider and model, since a number is found faster than two texts; that two of 5,000
# are alike is a chance of 10^-12. The others are numbered without gaps.
LAYOUTS = {"price_names": "HASHED", "price_schedules": "FLAT", "price_lines_now": "FLAT"}
SCHEDULE = ("starts", "since", "until", "days", "above", "lines")
PRESENT = """SELECT count() FROM system.tables WHERE database = currentDatabase() AND comment = {comment:String}
AND name IN ('price_names', 'price_schedules', 'price_lines_now')"""
HASH = "INSERT INTO price_names_rows SELECT cityHash64(provider, model), model_group FROM price_names_written"
WRITTEN = (
    "CREATE OR REPLACE TABLE price_names_written (provider String, model String, model_group UInt32) ENGINE = Memory"
)


def install_prices(engine: Engine, book: PriceBook) -> bool:
    """Put the book into the store unless it is there already; return whether it was not."""
    comment = f"prices {book.digest()}"
    if engine.query(PRESENT, {"comment": comment}).rows[0][0] == len(NOW):
        return False
    _keep_lines(engine, book)
    for name, columns in NOW.items():
        engine.command(TABLE.format(name=name, columns=columns, comment=literal(comment)))
    _fill(engine, book, comment)
    for name, columns in NOW.items():
        engine.command(
            DICTIONARY.format(
                name=name,
                columns=columns,
                layout=LAYOUTS[name],
                comment=literal(comment),
                source=dictionary_source(engine, f"{name}_rows"),
            )
        )
    return True


def _fill(engine: Engine, book: PriceBook, comment: str) -> None:
    engine.command(WRITTEN)
    named = [(provider, model, group) for (provider, model), group in book.names.items()]
    engine.insert("price_names_written", named, ("provider", "model", "model_group"), token=f"{comment}-names")
    engine.command(HASH)
    engine.command("DROP TABLE price_names_written")
    schedules = [(key, *_columns(entries)) for key, entries in book.schedules()]
    engine.insert("price_schedules_rows", schedules, ("id", *SCHEDULE), token=f"{comment}-when")
    lines = [(number, id_, *line.vector()) for id_, (number, line) in book.lines().items()]
    engine.insert("price_lines_now_rows", lines, ("id", "price_id", *UNITS), token=f"{comment}-lines")


def _columns(entries: Sequence[tuple[int, ...]]) -> Sequence[list[int]]:
    return [list(column) for column in zip(*entries, strict=True)] if entries else [[] for _ in SCHEDULE]


def _keep_lines(engine: Engine, book: PriceBook) -> None:
    """Add the lines that no book before had."""
    kept = {row[0] for row in engine.query("SELECT id FROM price_lines").rows}
    rows = [
        (
            id_, line.book, line.provider, line.model, line.tier, line.valid_from, line.above, *line.hours, line.days,
            dict(line.units), line.source,
        )
        for id_, (_, line) in book.lines().items()
        if id_ not in kept
    ]  # fmt: skip
    engine.insert("price_lines", rows, [name for name in PRICE_LINES if name != "first_seen"], token=book.digest())
