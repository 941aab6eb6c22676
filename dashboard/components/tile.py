"""A figure: its name, its number, how it moved, and its shape beside the normal band."""

from __future__ import annotations

from dataclasses import dataclass

from dash import html

from dashboard.components.blocks import link


@dataclass(frozen=True, slots=True)
class Tile:
    """What a tile says. ``state`` is "", ``above`` or ``below`` its normal band; ``href`` chooses it for the chart."""

    label: str
    number: str
    change: str
    drawing: str
    alt: str
    href: str
    state: str = ""
    chosen: bool = False


def tile(said: Tile) -> html.Div:
    """Return the tile; all of it is one link."""
    marks = {"above": ("▲ above normal", "warning"), "below": ("▼ below normal", "warning")}
    word, tone = marks.get(said.state, ("", ""))
    return html.Div(
        link(
            [
                html.Span([said.label, html.Span(word, className=f"state tone-{tone}")], className="tile-label"),
                html.Span(said.number, className="tile-number"),
                html.Span(said.change, className="tile-change"),
                html.Img(src=said.drawing, alt=said.alt, className="spark"),
            ],
            said.href,
            "tile-link" + (" chosen" if said.chosen else ""),
        ),
        className="card tile wide-2",
    )
