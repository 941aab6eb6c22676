"""A file of budgets: what may be spent in a calendar month (UTC), by whom.

budgets:
  - name: everything            # without match, all calls count
    usd_per_month: 2000
  - name: shop's gpt-4o
    usd_per_month: 400
    match: {service: shop*, model: gpt-4o*}     # also team, api_key, provider, tenant; * stands for anything
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from storage.lined import REQUIRED, Entry, Reader, load_document, read_text

MATCHED = ("service", "team", "api_key", "model", "provider", "tenant")
FIELDS = ("name", "usd_per_month", "match", "note")
LEAST_USD = 0.01


@dataclass(frozen=True, slots=True)
class Budget:
    """What may be spent a month on calls that match; patterns in lower case."""

    name: str
    usd_per_month: float
    match: Mapping[str, str] = field(default_factory=dict)

    def covers(self, call: Mapping[str, str]) -> bool:
        """Whether calls with these values count against the budget."""
        return all(
            re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), call[name].lower(), re.DOTALL)
            for name, pattern in self.match.items()
        )


def read_budgets(path: Path) -> tuple[Budget, ...]:
    """Read a file of budgets. Raises LinedError with every mistake at once."""
    return parse_budgets(read_text(path), str(path))


def parse_budgets(text: str, path: str) -> tuple[Budget, ...]:
    """Return the budgets of a file's text; ``path`` is how messages name it. Raises LinedError."""
    document = load_document(text, path, ("budgets",))
    reader = Reader(path)
    reader.known(document, ("budgets",))
    budgets = tuple(_budget(reader, entry) for entry in reader.entries(document, "budgets"))
    for entry, budget in zip(reader.entries(document, "budgets"), budgets, strict=True):
        if [each.name for each in budgets].count(budget.name) > 1:
            reader.wrong(entry, "name", f"there are two budgets named {budget.name}")
    reader.done()
    return budgets


def _budget(reader: Reader, entry: Entry) -> Budget:
    reader.known(entry, FIELDS)
    match = reader.fields(entry, "match", MATCHED)
    return Budget(
        reader.text(entry, "name", REQUIRED),
        reader.number(entry, "usd_per_month", REQUIRED, LEAST_USD),
        {name: reader.text(match, name, REQUIRED).lower() for name in MATCHED if name in match},
    )
