"""Texts as ClickHouse's literals, for SQL that is built from our own constants; values of users are bound instead."""

from __future__ import annotations

from collections.abc import Iterable


def literal(text: str) -> str:
    """Write a text as a string literal."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def array(texts: Iterable[str]) -> str:
    """Write texts as an array of literals."""
    return "[" + ", ".join(map(literal, texts)) + "]"


def listed(texts: Iterable[str]) -> str:
    """Write texts as a list for IN."""
    return "(" + ", ".join(map(literal, texts)) + ")"
