"""The few shapes that pages are laid out with. Whatever comes from telemetry goes in as text, never as a component."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dash import dcc, html

Child = Any  # a component, a string, a number, or a list of them


def extra(**named: Any) -> dict[str, Any]:  # noqa: ANN401 (component properties)
    """Return attributes such as ``aria_label`` and ``data_copy`` under the names that HTML gives them."""
    return {name.replace("_", "-"): value for name, value in named.items()}


def text(value: object) -> str:
    """Return anything from telemetry as plain text; a mapping or a list would be taken for a component."""
    return value if isinstance(value, str) else str(value)


def icon(name: str) -> html.Span:
    """Return one of ``assets/icons``, in the colour of the text around it."""
    return html.Span(className=f"icon icon-{name}", **extra(aria_hidden="true"))


def card(title: Child, *children: Child, wide: int = 12, aside: Child = None, kind: str = "") -> html.Section:
    """Return a card that takes ``wide`` of twelve columns, with its title and what stands at the title's right."""
    head = [
        html.Div([html.H2(title, className="card-title"), html.Div(aside, className="aside")], className="card-head")
    ]
    return html.Section([*(head if title else []), *_flat(children)], className=f"card wide-{wide} {kind}".strip())


def _flat(children: Iterable[Child]) -> list[Child]:
    """Dash finds components in a list, not in a list within a list."""
    return [one for child in children for one in (child if isinstance(child, list) else [child])]


def grid(*children: Child) -> html.Div:
    """Return the twelve columns."""
    return html.Div([child for child in children if child is not None], className="grid")


def link(label: Child, href: str, kind: str = "", **more: Any) -> dcc.Link:  # noqa: ANN401 (component properties)
    """Return a link within the app; the page does not reload."""
    return dcc.Link(label, href=href, className=f"link {kind}".strip(), **more)


def badge(word: str, tone: str, glyph: str = "") -> html.Span:
    """Return a word in a tone (critical, warning, good, note, policy, quiet); the glyph says it without colour."""
    shown: Child = [html.Span(glyph, className="glyph", **extra(aria_hidden="true")), word] if glyph else word
    return html.Span(shown, className=f"badge tone-{tone}")


def code(value: str, shown: str = "") -> html.Span:
    """Return an id in mono, shortened, with a button that copies all of it."""
    return html.Span(
        [
            html.Code(shown or short(value), title=value),
            html.Button(icon("copy"), className="copy", type="button", **extra(data_copy=value, aria_label="Copy")),
        ],
        className="id",
    )


def short(value: str) -> str:
    """Return the first eight characters of an id."""
    return value if len(value) <= 10 else f"{value[:8]}…"


def page_head(sentence: Child, second: Child) -> html.Header:
    """Return the page's one sentence, its verdict, and under it what it speaks of."""
    return html.Header(
        [html.H1(sentence, className="verdict"), html.P(second, className="muted verdict-of")], className="page-head"
    )


def facts(*pairs: tuple[str, Child]) -> html.Dl:
    """Return names and values, one under the other."""
    cells: list[Child] = []
    for name, value in pairs:
        cells += [html.Div([html.Dt(name), html.Dd(value)], className="fact")]
    return html.Dl(cells, className="facts")


def empty(headline: str, *children: Child) -> html.Div:
    """Return an empty state: what would be here, and how to get it."""
    return html.Div([html.P(headline, className="empty-head"), *children], className="empty")


def failure(what: str, remedy: str) -> html.Div:
    """Return what failed and what to do, in the place where the figures would be."""
    return html.Div(
        [html.P([icon("warning"), what], className="empty-head"), html.P(remedy, className="muted")],
        className="empty failed",
        role="alert",
    )


def bar(share: float, tone: str = "accent") -> html.Span:
    """Return a bar for a share of one; the number stands beside it."""
    filled = html.Span(className=f"fill tone-{tone}", style={"width": f"{100 * min(1.0, max(0.0, share)):.1f}%"})
    return html.Span(filled, className="bar", **extra(aria_hidden="true"))
