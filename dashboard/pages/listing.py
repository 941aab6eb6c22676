"""What lists have in common: where they go on, their order, and values of telemetry as a part of a path."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, unquote

from dash import html

from dashboard.components.blocks import Child, bar, empty, link
from dashboard.format import money
from dashboard.pages.page import Visit
from dashboard.read.cursor import START, Cursor, read_cursor


def at_cursor(visit: Visit) -> Cursor:
    """Return where the list of ``?before=`` goes on; what cannot be read starts at the top."""
    try:
        return read_cursor(visit.address.own.get("before", ""))
    except ValueError:
        return START


def listed_below(visit: Visit, onward: Cursor | None) -> html.Div:
    """Return the links to the rows before and after."""
    parts: list[Child] = []
    if visit.address.own.get("before"):
        parts.append(link("First", visit.changed(before=""), "button small"))
    if onward:
        parts.append(link("Next", visit.changed(before=onward.token()), "button small"))
    return html.Div(parts, className="more")


def sort_chips(visit: Visit, words: Mapping[str, str], sort: str) -> list[Child]:
    """Return one chip an order, the first of them the one without a word in the address."""
    first = next(iter(words))
    chips: list[Child] = [html.Span("Order", className="muted chips-word")]
    for name, word in words.items():
        href = visit.changed(sort="" if name == first else name, before="")
        chips.append(link(word, href, "chip here" if name == sort else "chip"))
    return chips


def further_back(visit: Visit, words: str = "Or look further back: ") -> html.P:
    """Return the way to a longer time."""
    return html.P([words, link("last 7 days", f"{visit.path}?range=7d")], className="muted")


def none_such(visit: Visit, what: str) -> html.Div:
    """Return what stands where no row is of the chosen kind."""
    return empty(
        f"No {what} of that kind in this time.", further_back(visit, "Take a filter away, or look further back: ")
    )


def cost_cell(usd: float, most: float) -> list[Child]:
    """Return a cost behind its bar, which is full at ``most``."""
    return [bar(usd / most if most else 0.0), html.Span(money(usd) if usd else "–", className="fixed")]


def segment(value: str) -> str:
    """Return any text as one part of a path."""
    return quote(value, safe="")


def from_segment(part: str) -> str:
    """Return the text that ``segment`` made a part of a path of."""
    return unquote(part)
