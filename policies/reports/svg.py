"""The paper that charts are drawn on: sizes, ink, scales, axes. Every text is escaped on its way in.

Ink is dark on white with hatching for what stands out, so that a chart says the same in black and white.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import escape

INK, MUTED, HAIRLINE, ACCENT, PALE = "#1B1A17", "#6B675F", "#D9D6CE", "#0F766E", "#9CC9C4"
WIDTH = 680.0
LEFT, RIGHT, TOP, BOTTOM = 52.0, 12.0, 16.0, 24.0
NICE = (1.0, 2.0, 2.5, 5.0, 10.0)
# Stands once on the page; every chart fills with it.
HATCH = (
    '<pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    f'<rect width="5" height="5" fill="#fff"/><rect width="2" height="5" fill="{INK}"/></pattern>'
)


@dataclass
class Paper:
    """One drawing of ``height`` units; ``label`` says to a screen reader what it shows."""

    height: float
    label: str
    width: float = WIDTH
    left: float = LEFT
    bottom: float = BOTTOM
    parts: list[str] = field(default_factory=list)

    @property
    def right_edge(self) -> float:
        """The last x of the plot."""
        return self.width - RIGHT

    @property
    def floor(self) -> float:
        """The y of zero."""
        return self.height - self.bottom

    def rect(self, x: float, y: float, width: float, height: float, fill: str, stroke: str = "none") -> None:
        """Draw a box."""
        self.parts.append(
            f'<rect x="{x:.2f}" y="{y:.2f}" width="{max(0.0, width):.2f}" height="{max(0.0, height):.2f}"'
            f' fill="{fill}" stroke="{stroke}"/>'
        )

    def line(self, x1: float, y1: float, x2: float, y2: float, stroke: str = HAIRLINE, dash: str = "") -> None:
        """Draw a hairline, dashed when ``dash`` says how."""
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(
            f'<line x1="{x1:.2f}" y1="{y1:.2f}" x2="{x2:.2f}" y2="{y2:.2f}"'
            f' stroke="{stroke}" stroke-width="0.75"{dashes}/>'
        )

    def path(self, points: Sequence[Sequence[tuple[float, float]]], stroke: str, width: float, dash: str = "") -> None:
        """Draw one line; each inner sequence is a stretch without a gap."""
        for stretch in points:
            steps = " ".join(f"{'M' if at == 0 else 'L'}{x:.2f} {y:.2f}" for at, (x, y) in enumerate(stretch))
            if len(stretch) == 1:
                (x, y) = stretch[0]
                self.parts.append(f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{width:.2f}" fill="{stroke}"/>')
                continue
            dashes = f' stroke-dasharray="{dash}"' if dash else ""
            self.parts.append(
                f'<path d="{steps}" fill="none" stroke="{stroke}" stroke-width="{width}"'
                f' stroke-linejoin="round"{dashes}/>'
            )

    def text(self, x: float, y: float, words: str, anchor: str = "start", kind: str = "tick") -> None:
        """Write words; ``kind`` is their CSS class."""
        self.parts.append(f'<text x="{x:.2f}" y="{y:.2f}" text-anchor="{anchor}" class="{kind}">{escape(words)}</text>')

    def svg(self) -> str:
        """Return the drawing."""
        return (
            f'<svg viewBox="0 0 {self.width:g} {self.height:g}" role="img"'
            f' aria-label="{escape(self.label, quote=True)}">'
            f"{''.join(self.parts)}</svg>"
        )


def ceiling(value: float) -> float:
    """Return the next number at or above ``value`` whose quarter reads well; 1 for nothing."""
    if value <= 0 or not math.isfinite(value):
        return 1.0
    size = 10.0 ** math.floor(math.log10(value))
    return next(step * size for step in NICE if step * size >= value * (1 - 1e-9))


def short(value: float) -> str:
    """Return a tick's number: 0, 250, 1.5k, 2M."""
    for limit, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= limit:
            return f"{value / limit:g}{unit}"
    return f"{value:g}"


def date_ticks(start: datetime, end: datetime) -> list[tuple[datetime, str]]:
    """Return up to eight times on whole hours, days or weeks with their words, in UTC."""
    length = end - start
    steps = [timedelta(hours=h) for h in (1, 2, 3, 6, 12)] + [timedelta(days=d) for d in (1, 2, 4, 7, 14, 28, 56)]
    step = next((one for one in steps if length / one <= 8), steps[-1])
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    first = midnight + step * math.ceil((start - midnight) / step)
    ticks = [first + step * number for number in range(9) if first + step * number < end]
    within_days = step < timedelta(days=1)
    return [(at, f"{at:%H:%M}" if within_days and at.hour else f"{at.day} {at:%b}") for at in ticks]
