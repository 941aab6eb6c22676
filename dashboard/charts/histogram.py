"""A small histogram: the shape of a distribution as a drawing without script."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from dashboard.theme import TOKENS, Scheme

WIDTH, HEIGHT, GAP = 120.0, 22.0, 1.0


def histogram(scheme: Scheme, counts: Sequence[int]) -> str:
    """Return bars for ``counts`` from left to right as a ``data:`` URI, the tallest as high as the drawing."""
    colours, most = TOKENS[scheme], max(counts, default=0) or 1
    wide = WIDTH / max(1, len(counts))
    bars = "".join(
        f'<rect x="{place * wide:.1f}" y="{HEIGHT - high:.1f}" width="{wide - GAP:.1f}" height="{high:.1f}"/>'
        for place, amount in enumerate(counts)
        if (high := max(1.0, (HEIGHT - 1) * amount / most) if amount else 0.0)
    )
    line = f'<path d="M0 {HEIGHT - 0.5}H{WIDTH}" stroke="{colours["hairline"]}"/>'
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" '
        f'preserveAspectRatio="none">{line}<g fill="{colours["accent"]}">{bars}</g></svg>'
    )
    return f"data:image/svg+xml;base64,{base64.b64encode(drawing.encode()).decode()}"
