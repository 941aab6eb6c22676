"""What a recognizer is made of: rules that mean the same in ClickHouse and in Python.

    text ──prefilter──> pattern ──> (before)(value)(after) ──> verdict ──> before + ⟦kind⟧ + after
         (Vectorscan)   (RE2)                                  (SQL, or Python)

The meaning of a rule, which both engines keep: for each match of ``pattern`` from left to right, none overlapping,
the second group is rewritten. Without a ``verdict`` it becomes the token. With one, the verdict looks at what
stands before and at the second group, and gives what takes its place. The text between matches stays as it is.

A rule runs on a text that one of its ``prefilter`` patterns matches, as the text was before any rule. They are for
speed: alone, a rule changes no text that they do not match (a property test holds this).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import re2

Rewrite = Callable[[str, str, str], str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Decides on one match.

    ``sql`` is an expression over the Strings ``r_b`` (what stands before: up to 64 characters after the match before,
    then the first group) and ``r_x`` (the value) in which
    ``{token}`` is replaced by the quoted token; it gives the String that takes the value's place, and never throws.
    ``python`` is the same function of (before, value, token).
    """

    sql: str
    python: Rewrite


@dataclass(frozen=True, slots=True)
class Rule:
    """One pattern of a kind. ``pattern`` has the groups (before)(value), and (after) when ``has_after``.

    In a prefilter, a negated class spells out its blanks (Vectorscan's ``\\s`` has the vertical
    tab too) and stands outside of ``(?i)`` (RE2 folds its ``s`` and ``k`` beyond ASCII).
    """

    kind: str
    prefilter: tuple[str, ...]
    pattern: str
    verdict: Verdict | None = None
    has_after: bool = False


@dataclass(frozen=True, slots=True)
class Recognizer:
    """All rules of one kind of value, in the order they run. ``title`` is for people."""

    kind: str
    title: str
    rules: tuple[Rule, ...]


def token(kind: str) -> str:
    """Return what stands in the stored text in place of a value of ``kind``."""
    return f"⟦{kind}⟧"


def sql_text(text: str) -> str:
    """Return ``text`` as a ClickHouse string literal."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


@lru_cache(maxsize=512)
def compiled(pattern: str) -> re2._Regexp:
    """Compile with the options of ClickHouse's functions: ``.`` matches a newline too."""
    options = re2.Options()
    options.dot_nl = True
    options.log_errors = False
    return re2.compile(pattern, options)


def holds(pattern: str, text: str) -> bool:
    """Return whether ``pattern`` occurs in ``text``, as ClickHouse's ``match`` does."""
    return compiled(pattern).search(text) is not None


def runs_on(rule: Rule, text: str) -> bool:
    """Return whether one of the rule's prefilters matches ``text``."""
    return any(holds(pattern, text) for pattern in rule.prefilter)


def unless(pattern: str) -> Verdict:
    """Return a verdict that keeps a value in which ``pattern`` occurs."""
    return Verdict(
        f"if(match(r_x, {sql_text(pattern)}), r_x, {{token}})", lambda _, x, tok: x if holds(pattern, x) else tok
    )


def when(pattern: str, *, never_after: str = "") -> Verdict:
    """Return a verdict that takes a value in which ``pattern`` occurs, unless ``never_after`` occurs before it."""
    yes = f"match(r_x, {sql_text(pattern)})"
    if not never_after:
        return Verdict(f"if({yes}, {{token}}, r_x)", lambda _, x, tok: tok if holds(pattern, x) else x)
    return Verdict(
        f"if({yes} AND NOT match(r_b, {sql_text(never_after)}), {{token}}, r_x)",
        lambda b, x, tok: tok if holds(pattern, x) and not holds(never_after, b) else x,
    )
