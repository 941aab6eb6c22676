"""What is wrong in policy files, all of it at once, each with its place and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from policies.language import Place


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: where it is, what is wrong, what to do."""

    place: Place
    wrong: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.place}: {self.wrong}; {self.remedy}"


class PolicyErrors(Exception):
    """Policy files that cannot be used. ``problems`` are in the order of file, line and column."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda p: (p.place.file, p.place.line, p.place.column)))
        super().__init__("\n".join(map(str, self.problems)))
