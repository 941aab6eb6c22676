"""A file of mappings of the users' own: dialects that are not shipped, asked before all others.

mappings:
  - name: acme                          # what the dialect is called
    scopes: [acme.llm]                  # instrumentation scopes of its spans,
    keys: [acme.op]                     # or attributes that only it writes
    fields:
      - {field: operation, key: acme.op}
      - {field: input_tokens, key: acme.usage, form: json, path: tokens.in}
    operations: {ask: chat}             # what it writes -> the canonical value
    content: [acme.prompt]              # attributes that hold prompts and answers
    known: [acme.debug.*]               # attributes that no column needs
    examples:                           # what such a span must become
      - attributes: {acme.op: ask, acme.usage: '{"tokens": {"in": 12}}'}
        expect: {operation: chat, input_tokens: 12}
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from storage.dialects.enums import FINISH_REASONS, OPERATIONS
from storage.dialects.fields import FIELDS, FORMS, Arm, Dialect
from storage.dialects.registry import SHIPPED
from storage.lined import REQUIRED, Entry, Reader, load_document, read_text
from storage.tables.calls import LLM_CALLS

NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
PARTS = (
    "name", "title", "scopes", "keys", "fields", "operations", "providers", "finish_reasons", "content", "known",
    "first_token_events", "examples",
)  # fmt: skip
EXAMPLE = ("name", "scope", "span_name", "kind", "resource", "attributes", "expect")
KINDS = ("Client", "Server", "Internal", "Producer", "Consumer")
PATHED = ("json", "json_sum", "json_host", "repr")
# Before every shipped arm.
FIRST = -100


@dataclass(frozen=True, slots=True)
class Example:
    """A span as an instrumentation writes it, and columns that it must have in ``llm_calls``."""

    mapping: str
    name: str
    scope: str
    span_name: str
    kind: str
    resource: Mapping[str, Any]
    attributes: Mapping[str, Any]
    expect: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OwnMappings:
    """A file's dialects in its order, and its examples."""

    dialects: tuple[Dialect, ...] = ()
    examples: tuple[Example, ...] = ()

    @property
    def all_dialects(self) -> tuple[Dialect, ...]:
        """The file's dialects before the shipped ones."""
        return (*self.dialects, *SHIPPED)


NONE = OwnMappings()


def read_mappings(path: Path) -> OwnMappings:
    """Read a user's file of mappings. Raises LinedError with every mistake at once."""
    return parse_mappings(read_text(path), str(path))


def parse_mappings(text: str, path: str) -> OwnMappings:
    """Return a file's mappings; ``path`` is how messages name it. Raises LinedError."""
    document = load_document(text, path, ("mappings",))
    reader = Reader(path)
    reader.known(document, ("mappings",))
    dialects: list[Dialect] = []
    examples: list[Example] = []
    taken = {dialect.name: "is shipped" for dialect in SHIPPED}
    for entry in reader.entries(document, "mappings"):
        dialect = _dialect(reader, entry)
        if dialect.name in taken:
            reader.wrong(entry, "name", f"{dialect.name} {taken[dialect.name]}; take another name")
        taken[dialect.name] = "stands twice"
        dialects.append(dialect)
        examples += [_example(reader, dialect.name, each) for each in reader.entries(entry, "examples")]
    reader.done()
    return OwnMappings(tuple(dialects), tuple(examples))


def _dialect(reader: Reader, entry: Entry) -> Dialect:
    reader.known(entry, PARTS)
    name = reader.text(entry, "name", REQUIRED)
    if name and not NAME.fullmatch(name):
        reader.wrong(entry, "name", "small letters, digits and _ are needed here, beginning with a letter")
    keys, scopes = _texts(reader, entry, "keys"), _texts(reader, entry, "scopes")
    if not keys and not scopes:
        reader.wrong(entry, "", "scopes or keys must say which spans it is of")
    return Dialect(
        name=name,
        title=reader.text(entry, "title") or name,
        keys=keys,
        scopes=scopes,
        arms=_arms(reader, entry),
        content=_texts(reader, entry, "content"),
        known=_texts(reader, entry, "known"),
        first_token_events=_texts(reader, entry, "first_token_events"),
        is_own=True,
        operations=_meanings(reader, entry, "operations", tuple(OPERATIONS)),
        providers=_meanings(reader, entry, "providers", ()),
        finish_reasons=_meanings(reader, entry, "finish_reasons", (*FINISH_REASONS, "other")),
    )


def _arms(reader: Reader, entry: Entry) -> tuple[Arm, ...]:
    found: list[Arm] = []
    for place, each in enumerate(reader.entries(entry, "fields")):
        reader.known(each, ("field", "key", "form", "path", "source"))
        form = reader.one_of(each, "form", tuple(FORMS), "plain")
        path = reader.text(each, "path")
        if (form in PATHED) != bool(path):
            reader.wrong(each, "path", f"form {form} needs {'a path' if form in PATHED else 'no path'}")
        field = reader.one_of(each, "field", tuple(FIELDS), next(iter(FIELDS)))
        source = reader.one_of(each, "source", ("span", "resource"), "span")
        key = reader.text(each, "key", REQUIRED)
        if any((arm.field, arm.key, arm.path, arm.source) == (field, key, path, source) for arm in found):
            reader.wrong(each, "key", f"{key} is said twice to hold {field}")
        found.append(Arm(field, key, form, path, "resource" if source == "resource" else "span", rank=FIRST + place))  # type: ignore[arg-type]
    if not found:
        reader.wrong(entry, "fields", "at least one field is needed here")
    return tuple(found)


def _texts(reader: Reader, entry: Entry, name: str) -> tuple[str, ...]:
    value = entry.get(name) or []
    if isinstance(value, list) and all(isinstance(each, str) and each for each in value):
        return tuple(value)
    reader.wrong(entry, name, "a list of texts is needed here")
    return ()


def _meanings(reader: Reader, entry: Entry, name: str, canonical: Sequence[str]) -> dict[str, str]:
    table = reader.mapping(entry, name)
    for written, meant in table.items():
        if not isinstance(meant, str) or (canonical and meant not in canonical):
            reader.wrong(entry, name, f"{written}: one of {', '.join(canonical)} is needed" if canonical else "a text")
    return {str(written).lower(): str(meant) for written, meant in table.items()}


def _example(reader: Reader, mapping: str, entry: Entry) -> Example:
    reader.known(entry, EXAMPLE)
    expect = reader.mapping(entry, "expect")
    for column in expect:
        if column not in LLM_CALLS:
            reader.wrong(entry, "expect", f"{column} is no column of llm_calls")
    return Example(
        mapping,
        reader.text(entry, "name"),
        reader.text(entry, "scope"),
        reader.text(entry, "span_name") or "span",
        reader.one_of(entry, "kind", KINDS, "Client"),
        reader.mapping(entry, "resource"),
        reader.mapping(entry, "attributes"),
        expect,
    )
