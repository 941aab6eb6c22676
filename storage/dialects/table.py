"""The dialect tables as the Markdown of docs/dialects.md: ``python -m storage.dialects.table`` prints it."""

from __future__ import annotations

import sys

from storage.dialects.enums import FINISH_REASONS, OPERATIONS, PROVIDERS, Enum
from storage.dialects.fields import FIELDS, Arm
from storage.dialects.registry import SHIPPED, placed_arms

UNITS = {"int": "count", "float": "number", "bool": "yes or no", "text": "text"}


def markdown() -> str:
    """Return the tables: dialects, fields with their attributes in the order in which they are asked, and words."""
    return "\n\n".join((_dialects(), _fields(), _words()))


def _dialects() -> str:
    rows = [
        f"| `{dialect.name}` | {dialect.title} | {_listed(dialect.scopes)} | {_listed(dialect.keys)} |"
        for dialect in SHIPPED
    ]
    head = "| dialect | of | instrumentation scopes | or attributes |\n| --- | --- | --- | --- |"
    return "\n".join(("### Dialects", "", head, *rows))


def _fields() -> str:
    rows = [
        f"| `{name}` | {field.meaning} ({UNITS[field.kind]}) | {', '.join(_arm(arm) for _, arm in placed_arms(name))} |"
        for name, field in FIELDS.items()
    ]
    head = "| field | meaning | attributes, the first that says something counts |\n| --- | --- | --- |"
    return "\n".join(("### Fields", "", head, *rows))


def _arm(arm: Arm) -> str:
    told = [f"`{arm.key}`"]
    if arm.source != "span":
        told.insert(0, f"event `{arm.event}`" if arm.event else "resource")
    if arm.path:
        told.append(f"→ `{arm.path}`")
    if arm.form not in ("plain", "json"):
        told.append(f"({arm.form})")
    if arm.scope:
        told.append(f"in `{arm.scope}`")
    if arm.values:
        told.append("if " + "/".join(arm.values))
    return " ".join(told)


def _words() -> str:
    parts = ["### Words"]
    for title, enum in (("operation", OPERATIONS), ("provider", PROVIDERS), ("finish_reason", FINISH_REASONS)):
        parts.append(f"| {title} | also written |\n| --- | --- |\n" + "\n".join(_meanings(enum)))
    return "\n\n".join(parts)


def _meanings(enum: Enum) -> list[str]:
    return [f"| `{name}` | {_listed(written)} |" for name, written in enum.items()]


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "–"


if __name__ == "__main__":
    sys.stdout.write(markdown() + "\n")
