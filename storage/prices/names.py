"""How the package's descriptions of model names become exact names and RE2 patterns."""

from __future__ import annotations

import re
from collections.abc import Iterator

from genai_prices.types import (
    ClauseAnd,
    ClauseContains,
    ClauseEndsWith,
    ClauseEquals,
    ClauseOr,
    ClauseRegex,
    ClauseStartsWith,
)

LOOK_AROUND = re.compile(r"\(\?[!=<]|\\[A-Z]")


def exact_names(clause: object) -> Iterator[str]:
    """Yield the names that a clause lists."""
    if isinstance(clause, ClauseEquals):
        yield clause.equals
    elif isinstance(clause, ClauseOr):
        for part in clause.or_:
            yield from exact_names(part)


def patterns(clause: object) -> Iterator[tuple[str, bool]]:
    """Yield RE2 of what a clause describes, and whether it comes after all others.

    A look-ahead cannot be said in RE2. Where the package excludes names from a description by one
    (``gemini-2.5-pro`` but not ``-tts``), the description comes last: the excluded names have one of their own.
    """
    if isinstance(clause, ClauseOr):
        for part in clause.or_:
            yield from patterns(part)
    elif isinstance(clause, ClauseAnd):
        said = [pattern for part in clause.and_ for pattern, _ in patterns(part)]
        if len(said) == 1:
            yield said[0], True
    elif (pattern := _pattern(clause)) is not None:
        yield pattern, False


def _pattern(clause: object) -> str | None:
    if isinstance(clause, ClauseStartsWith):
        return re.escape(clause.starts_with.lower())
    if isinstance(clause, ClauseContains):
        return f".*{re.escape(clause.contains.lower())}"
    if isinstance(clause, ClauseEndsWith):
        return f".*{re.escape(clause.ends_with.lower())}$"
    if isinstance(clause, ClauseRegex) and not LOOK_AROUND.search(clause.regex):
        return clause.regex.lower().lstrip("^").replace("\\d", "[0-9]")
    return None
