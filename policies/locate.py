"""Reads YAML nodes strictly: every value keeps its line and column, every mistake is collected, none stops the reading.

YAML 1.1 guesses types (``no`` is false, ``1.10`` is 1.1). Here a field's reader says the type, and reads the text that
stands in the file.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import yaml

from policies.errors import Problem
from policies.language import Place

Fields = Mapping[str, yaml.Node]


@dataclass
class Reader:
    """Reads one file's nodes; ``problems`` grows with each mistake. A value that cannot be read is its default."""

    file: str
    problems: list[Problem] = field(default_factory=list)

    def place(self, node: yaml.Node) -> Place:
        """Return where ``node`` starts."""
        return Place(self.file, node.start_mark.line + 1, node.start_mark.column + 1)

    def wrong(self, node: yaml.Node, wrong: str, remedy: str) -> None:
        """Note a mistake at ``node``."""
        self.problems.append(Problem(self.place(node), wrong, remedy))

    def fields(self, node: yaml.Node, known: Sequence[str], required: Sequence[str] = ()) -> dict[str, yaml.Node]:
        """Return the values of a mapping by name; unknown, doubled and missing names are mistakes."""
        found = self.pairs(node)
        for name, (key, _) in found.items():
            if name not in known:
                near = difflib.get_close_matches(name, known, 1)
                hint = f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(known)}"
                self.wrong(key, f"unknown field {name!r}", f"remove it, or {hint}" if not near else hint)
        for name in required if isinstance(node, yaml.MappingNode) else ():
            if name not in found:
                self.wrong(node, f"{name!r} is missing", f"add {name}: ...")
        return {name: value for name, (_, value) in found.items() if name in known}

    def pairs(self, node: yaml.Node) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        """Return key and value nodes of a mapping by the key's text."""
        if not isinstance(node, yaml.MappingNode):
            self.wrong(node, f"{_kind(node)} where fields are expected", "write name: value lines")
            return {}
        found: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag == "tag:yaml.org,2002:merge":
                self.wrong(key, "a field's name must be plain text", "write name: value")
            elif key.value in found:
                self.wrong(key, f"{key.value!r} stands here twice", "keep one of them")
            else:
                found[key.value] = (key, value)
        return found

    def text(self, fields: Fields, name: str, default: str = "", *, form: str = "", example: str = "") -> str:
        """Return a text; ``form`` is what it must look like in full, ``example`` one that does."""
        node = fields.get(name)
        if node is None:
            return default
        value = self._scalar(node, name, "text")
        if value is None:
            return default
        if not value.strip():
            self.wrong(node, f"{name} is empty", f"write a text such as {example!r}" if example else "write a text")
            return default
        if form and not re.fullmatch(form, value):
            self.wrong(node, f"{name} {value!r} cannot be used", f"write it like {example!r}")
            return default
        return value

    def choice(self, fields: Fields, name: str, options: Sequence[str], default: str) -> str:
        """Return one of ``options``."""
        node = fields.get(name)
        value = None if node is None else self._scalar(node, name, "text")
        if node is None or value is None or value in options:
            return default if value is None else value
        self.wrong(node, f"{name} {value!r} is not known", f"write one of {', '.join(options)}")
        return default

    def number(self, fields: Fields, name: str, default: float, *, low: float, high: float) -> float:
        """Return a finite number within ``low`` and ``high``, both included."""
        node = fields.get(name)
        value = None if node is None else self._scalar(node, name, "a number")
        if node is None or value is None:
            return default
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not low <= number <= high:
            self.wrong(node, f"{name} {value!r} cannot be used", f"write a number from {low:g} to {high:g}")
            return default
        return number

    def integer(self, fields: Fields, name: str, default: int, *, low: int, high: int) -> int:
        """Return a whole number within ``low`` and ``high``, both included."""
        number = self.number(fields, name, default, low=low, high=high)
        if number != int(number):
            self.wrong(fields[name], f"{name} {number:g} is no whole number", f"write one from {low} to {high}")
            return default
        return int(number)

    def texts(
        self, fields: Fields, name: str, default: tuple[str, ...] = (), *, form: str, example: str
    ) -> tuple[str, ...]:
        """Return a list of texts, each of the form ``form`` as ``example`` is, none twice."""
        node = fields.get(name)
        if node is None:
            return default
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            self.wrong(node, f"{name} is {_kind(node)}", f"write a list such as {name}: [{example!r}]")
            return default
        values = [self._item(item, name, form, example) for item in node.value]
        if len(set(values)) < len(values):
            self.wrong(node, f"{name} names one thing twice", "keep one of them")
        return tuple(dict.fromkeys(value for value in values if value))

    def _item(self, node: yaml.Node, name: str, form: str, example: str) -> str:
        value = self._scalar(node, name, "text")
        if value is not None and not re.fullmatch(form, value):
            self.wrong(node, f"{value!r} cannot stand in {name}", f"write it like {example!r}")
            return ""
        return value or ""

    def _scalar(self, node: yaml.Node, name: str, wanted: str) -> str | None:
        if isinstance(node, yaml.ScalarNode) and node.tag != "tag:yaml.org,2002:null":
            return str(node.value)
        self.wrong(node, f"{name} is {_kind(node)}", f"write {wanted}")
        return None


def _kind(node: yaml.Node) -> str:
    if isinstance(node, yaml.MappingNode):
        return "a group of fields"
    if isinstance(node, yaml.SequenceNode):
        return "a list" if node.value else "an empty list"
    return "empty" if node.tag == "tag:yaml.org,2002:null" else "a single value"
