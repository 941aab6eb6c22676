"""Axes of a chart: times in the viewer's zone, values in one unit that suits them."""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Unit:
    """How values are drawn: multiplied by ``factor``, ticks written with ``prefix``, ``suffix`` and ``form``."""

    name: str
    factor: float = 1.0
    prefix: str = ""
    suffix: str = ""
    form: str = ""


def unit_for(unit: str, values: Iterable[float]) -> Unit:
    """Return the unit in which ``values`` of ``unit`` (ms, share, USD, calls, tokens) read best."""
    largest = max((abs(value) for value in values), default=0.0)
    if unit == "ms":
        return Unit("seconds", 0.001, suffix=" s") if largest >= 1500 else Unit("milliseconds", suffix=" ms")
    if unit in ("share", "ratio"):
        return Unit("share of calls", 1.0, form=".0%" if largest >= 0.05 else ".1%")
    if unit.lower() == "usd":
        return Unit("US dollars", prefix="$", form="~s" if largest >= 1000 else "")
    return Unit(unit, form="~s" if largest >= 1000 else "")


def local(at: datetime, zone: ZoneInfo) -> str:
    """Return a time as Plotly takes it: without a zone, as the viewer's clock shows it."""
    return at.astimezone(zone).replace(tzinfo=None).isoformat(timespec="milliseconds")


def plain(text: str, longest: int = 60) -> str:
    """Return text that Plotly shows as it is: it reads a few HTML tags otherwise."""
    cut = text if len(text) <= longest else f"{text[: longest - 1]}…"
    return html.escape(cut, quote=False)
