"""The look's values, once: CSS variables, Mantine's theme and Plotly's templates are made from them.

``assets/tokens.css`` is ``css_variables()`` written down; a test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

Scheme = Literal["light", "dark"]

TOKENS: Mapping[Scheme, Mapping[str, str]] = {
    "light": {
        "page": "#FAFAF8", "surface": "#FFFFFF", "raised": "#F3F2EE",
        "hairline": "#E6E4DE", "text": "#1B1A17", "muted": "#6B675F",
        "accent": "#0F766E", "on-accent": "#FFFFFF",
        "critical": "#C9372C", "warning": "#B7791F", "good": "#2F855A", "note": "#3B6FB6", "policy": "#7C4DBE",
        "critical-text": "#B42B21", "warning-text": "#8A5A12", "good-text": "#276C4A", "note-text": "#2F5F9E",
        "policy-text": "#68399F",
    },
    "dark": {
        "page": "#101113", "surface": "#17191C", "raised": "#1F2226",
        "hairline": "#2A2D32", "text": "#ECEBE8", "muted": "#979BA3",
        "accent": "#3CC8B4", "on-accent": "#08211D",
        "critical": "#F0695E", "warning": "#E5B454", "good": "#5CC48D", "note": "#7AA7E6", "policy": "#B79BF0",
        "critical-text": "#F58A80", "warning-text": "#E5B454", "good-text": "#5CC48D", "note-text": "#7AA7E6",
        "policy-text": "#C4ADF4",
    },
}  # fmt: skip

# Okabe and Ito's colours, told apart by every kind of colour vision; black and yellow give way to the page's contrast.
SERIES: Mapping[Scheme, tuple[str, ...]] = {
    "light": ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#6B675F"),
    "dark": ("#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#F0E442", "#D55E00", "#979BA3"),
}
# The same phase is the same colour on every page.
PHASES: Mapping[str, str] = {
    "queue": "#999999",
    "prefill": "#E69F00",
    "transfer": "#CC79A7",
    "decode": "#0072B2",
    "tool": "#009E73",
    "retrieval": "#56B4E9",
}
# What kind of call a span is: the same colours, so that a tool is a tool's green everywhere.
KINDS: Mapping[Scheme, Mapping[str, str]] = {
    "light": {"model": "#0072B2", "tool": "#008060", "retrieval": "#2F8FC4", "agent": "#A3507F", "span": "#6B675F"},
    "dark": {"model": "#56A8DC", "tool": "#1FB58B", "retrieval": "#8CCBF0", "agent": "#D99BC0", "span": "#979BA3"},
}
SANS = "Inter, system-ui, sans-serif"
MONO = "'JetBrains Mono', ui-monospace, monospace"
SIZES = (12, 13, 14, 16, 20, 28)


def css_variables() -> str:
    """Return the variables for both schemes; the page follows ``data-mantine-color-scheme`` on ``<html>``."""
    head = "/* Made from dashboard/theme.py: change it there. */\n"
    sizes = "\n".join(f"  --size-{size}: {size}px;" for size in SIZES)
    fonts = f"  --sans: {SANS};\n  --mono: {MONO};\n  --radius: 8px;\n{sizes}\n"
    return head + _block(":root", "light", fonts) + _block("[data-mantine-color-scheme='dark']", "dark")


def mantine_theme() -> dict[str, Any]:
    """Return the theme object of ``MantineProvider``: our accent, fonts, radius and sizes."""
    return {
        "fontFamily": SANS,
        "fontFamilyMonospace": MONO,
        "primaryColor": "accent",
        "primaryShade": {"light": 6, "dark": 4},
        "defaultRadius": 8,
        "colors": {"accent": _shades(TOKENS["light"]["accent"], TOKENS["dark"]["accent"])},
        "fontSizes": {"xs": "12px", "sm": "13px", "md": "14px", "lg": "16px", "xl": "20px"},
        "autoContrast": True,
    }


def series_colour(scheme: Scheme, index: int) -> str:
    """Return the colour of the ``index``-th series; the last one stands for all others."""
    colours = SERIES[scheme]
    return colours[min(index, len(colours) - 1)]


def faint(colour: str, opacity: float) -> str:
    """Return ``#RRGGBB`` as ``rgba(...)`` with that opacity, for bands and shades."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def _block(selector: str, scheme: Scheme, more: str = "") -> str:
    lines = "\n".join(f"  --{name}: {value};" for name, value in TOKENS[scheme].items())
    kinds = "\n".join(f"  --kind-{name}: {value};" for name, value in KINDS[scheme].items())
    return f"{selector} {{\n  color-scheme: {scheme};\n{lines}\n{kinds}\n{more}}}\n"


def _shades(light: str, dark: str) -> list[str]:
    # Mantine wants ten shades; it uses the 6th on light and the 4th on dark.
    return [dark] * 5 + [light] * 5
