"""Numbers and times as a reader of a report sees them. What does not exist is an en dash, never a zero."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from policies.reports.intervals import Share

NONE = "–"


def count(value: float | None) -> str:
    """Return a whole number with its thousands apart."""
    return NONE if value is None or not math.isfinite(value) else f"{value:,.0f}"


def plural(number: int, noun: str, many: str = "") -> str:
    """Return ``1 hour``, ``2 hours``, ``no hours``."""
    return f"{count(number) if number else 'no'} {noun if number == 1 else many or noun + 's'}"


def percent(share: float | None) -> str:
    """Return a share of one: 100 %, 97.2 %, 0.42 %. Only all is 100 %, only none is 0 %."""
    if share is None or not math.isfinite(share):
        return NONE
    value = share * 100
    if value in (0, 100):
        return f"{value:.0f} %"
    if value > 99.99:
        return "> 99.99 %"
    if value < 0.01:
        return "< 0.01 %"
    digits = 2 if value < 1 or value > 99 else 1
    return f"{value:.{digits}f} %"


def interval(share: Share) -> str:
    """Return a share with its 95 % interval."""
    if not share.of:
        return NONE
    return f"{percent(share.value)} (95 % CI {percent(share.low)} to {percent(share.high)})"


def duration(milliseconds: float | None) -> str:
    """Return 320 ms, 1.24 s, 3 min 20 s."""
    if milliseconds is None or not math.isfinite(milliseconds):
        return NONE
    if milliseconds < 1000:
        return f"{milliseconds:.0f} ms"
    if milliseconds < 60_000:
        return f"{milliseconds / 1000:.2f} s"
    return length(timedelta(milliseconds=milliseconds))


def length(time: timedelta) -> str:
    """Return a length in its two largest units."""
    left = max(0, round(time.total_seconds()))
    parts = []
    for name, size in (("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)):
        amount, left = divmod(left, size)
        if amount:
            parts.append(f"{amount} {name}")
        elif parts:
            break
    return " ".join(parts[:2]) or "0 s"


def moment(at: datetime | None) -> str:
    """Return 3 Nov 2026 14:05 UTC."""
    return NONE if at is None else f"{at.day} {at:%b %Y %H:%M} UTC"


def day(at: datetime | None) -> str:
    """Return 3 Nov 2026."""
    return NONE if at is None else f"{at.day} {at:%b %Y}"


def p_value(value: float | None) -> str:
    """Return 0.031 or 4e-12; a probability is never shown as zero."""
    if value is None:
        return NONE
    if value <= 1e-300:
        return "< 1e-300"
    return f"{value:.2g}" if value >= 0.001 else f"{value:.0e}".replace("e-0", "e-")


def listed(names: list[str], most: int = 4) -> str:
    """Return ``a, b and 3 more``; ``none`` of nothing."""
    if len(names) <= most:
        return ", ".join(names) or "none"
    return f"{', '.join(names[:most])} and {len(names) - most} more"
