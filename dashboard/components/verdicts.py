"""Verdicts of policies in words, tones and glyphs: the same on every page."""

from __future__ import annotations

from collections.abc import Mapping

from dash import html

from dashboard.components.blocks import badge
from dashboard.theme import TOKENS, Scheme, faint

LOOKS: Mapping[str, tuple[str, str, str]] = {
    "pass": ("passed", "good", "✓"),
    "present": ("verified", "good", "✓"),
    "declared": ("declared", "note", "◐"),
    "unverifiable": ("unverifiable", "quiet", "?"),
    "inconclusive": ("inconclusive", "quiet", "~"),
    "absent": ("absent", "critical", "✗"),
    "violation": ("violation", "critical", "✗"),
    "not_applicable": ("not applicable", "quiet", "–"),
    "not_evaluated": ("not evaluated", "warning", "!"),
    "error": ("error", "critical", "!"),
}


def verdict_badge(verdict: str) -> html.Span:
    """Return a verdict as a badge."""
    words, tone, glyph = LOOKS.get(verdict, (verdict, "quiet", "•"))
    return badge(words, tone, glyph)


def verdict_words(verdict: str) -> str:
    """Return a verdict in a word."""
    return LOOKS.get(verdict, (verdict, "", ""))[0]


def verdict_colour(scheme: Scheme, verdict: str) -> str:
    """Return the colour in which a chart draws a verdict."""
    tone = LOOKS.get(verdict, ("", "quiet", ""))[1]
    colours = TOKENS[scheme]
    if tone == "quiet":
        return faint(colours["muted"], 0.9 if verdict == "unverifiable" else 0.45)
    return colours[tone]
