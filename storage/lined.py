"""YAML files of settings, read field by field; every mistake is kept with its line and told at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import yaml

from storage.times import utc

Entry = Mapping[str, Any]
REQUIRED = object()
_LINES = "\0lines"


class LinedError(Exception):
    """A file cannot be used; the message has a line for each mistake: ``file:line: field: what to do``."""


@dataclass
class Reader:
    """Reads fields of entries; ``path`` is how messages name the file. A wrong field gives a harmless value."""

    path: str
    mistakes: list[str] = field(default_factory=list)

    def wrong(self, entry: Entry, name: str, what: str) -> None:
        """Keep a mistake of a field, at its line or else at its entry's."""
        lines = entry.get(_LINES, {})
        where = f"{self.path}:{lines.get(name) or lines.get('', 1)}"
        self.mistakes.append(f"{where}: {name}: {what}" if name else f"{where}: {what}")

    def text(self, entry: Entry, name: str, default: object = "") -> str:
        """Return a text; ``REQUIRED`` as default demands one that is not empty."""
        value = entry.get(name, default)
        if isinstance(value, str) and (value or default is not REQUIRED):
            return value
        self.wrong(entry, name, "a text is needed here")
        return ""

    def one_of(self, entry: Entry, name: str, choices: Sequence[str], default: str) -> str:
        """Return one of a few words."""
        value = self.text(entry, name, default)
        if value in choices:
            return value
        self.wrong(entry, name, f"one of {', '.join(choices)} is needed here")
        return default

    def number(self, entry: Entry, name: str, default: object, least: float = 0.0) -> float:
        """Return a finite number of at least ``least``."""
        value = entry.get(name, default)
        if isinstance(value, int | float) and not isinstance(value, bool) and least <= value < float("inf"):
            return float(value)
        self.wrong(entry, name, f"a number from {least:g} is needed here")
        return least

    def moment(self, entry: Entry, name: str) -> datetime | None:
        """Return a day's begin or a time, aware UTC; None when there is none."""
        value = entry.get(name)
        if isinstance(value, datetime):
            return utc(value)
        if isinstance(value, date):
            return datetime.combine(value, time(), UTC)
        if value is not None:
            self.wrong(entry, name, "a day such as 2026-03-01 or a time such as 2026-03-01T16:00:00Z is needed here")
        return None

    def known(self, entry: Entry, names: Sequence[str]) -> None:
        """Keep a mistake for each field that there is none of."""
        for name in entry:
            if name != _LINES and name not in names:
                self.wrong(entry, str(name), f"no such field; there are {', '.join(names)}")

    def fields(self, entry: Entry, name: str, names: Sequence[str]) -> Entry:
        """Return the fields under a field."""
        value = entry.get(name, {})
        if not isinstance(value, dict):
            self.wrong(entry, name, f"it holds fields: {', '.join(names)}")
            return {}
        self.known(value, names)
        return value

    def mapping(self, entry: Entry, name: str) -> dict[str, Any]:
        """Return what stands under a field by names that the file chooses."""
        value = entry.get(name) or {}
        if isinstance(value, dict):
            return {str(key): each for key, each in value.items() if key != _LINES}
        self.wrong(entry, name, "names with values are needed here")
        return {}

    def entries(self, document: Entry, name: str) -> list[Entry]:
        """Return the entries of a list."""
        value = document.get(name) or []
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            self.wrong(document, name, "a list of entries with fields is needed here")
            return []
        return value

    def done(self) -> None:
        """Raise LinedError when there were mistakes."""
        if self.mistakes:
            raise LinedError("\n".join(self.mistakes))


def read_text(path: Path) -> str:
    """Return a file's text. Raises LinedError."""
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise LinedError(f"{path}: cannot be read: {reason}") from None


def load_document(text: str, path: str, names: Sequence[str]) -> Entry:
    """Return the fields at the top of a YAML text. Raises LinedError when it is none."""
    try:
        document = yaml.load(text, _Loader)  # noqa: S506 (a SafeLoader that also keeps lines)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else path
        raise LinedError(f"{where}: no YAML: {getattr(error, 'problem', None) or 'it cannot be read'}") from None
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise LinedError(f"{path}:1: it holds lists: {', '.join(names)}")
    return document


class _Loader(yaml.SafeLoader):
    """Keeps in each mapping on which line each of its fields stands."""


def _mapping(loader: _Loader, node: yaml.Node) -> dict[Any, Any]:
    if not isinstance(node, yaml.MappingNode):
        raise yaml.MarkedYAMLError(problem="fields are needed here", problem_mark=node.start_mark)
    lines = {str(key.value): key.start_mark.line + 1 for key, _ in node.value}
    return {**loader.construct_mapping(node, deep=True), _LINES: {**lines, "": node.start_mark.line + 1}}


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
