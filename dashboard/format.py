"""Numbers, durations, money and times as people read them. Everything returns a plain string.

``None`` and NaN are a figure that does not exist: an en dash, never a zero.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeGuard
from zoneinfo import ZoneInfo

NONE = "–"


def count(value: float | None) -> str:
    """Return 1,204 below ten thousand, then 12.3k, 4.56M."""
    if not known(value):
        return NONE
    if abs(value) < 10_000:
        return f"{value:,.0f}"
    for limit, unit in ((1e6, "k"), (1e9, "M"), (1e12, "G"), (math.inf, "T")):
        if abs(value) < limit * 0.9995:
            return f"{_digits(value / (limit / 1e3 if limit < math.inf else 1e12))}{unit}"
    return NONE


def exact(value: float | None) -> str:
    """Return every digit of a whole number with separators, for tables."""
    return f"{value:,.0f}" if known(value) else NONE


def duration(milliseconds: float | None) -> str:
    """Return 0.4 ms, 320 ms, 1.24 s, 3 min 20 s, 2 h 5 min."""
    if not known(milliseconds):
        return NONE
    if milliseconds < 1000:
        return f"{_digits(milliseconds)} ms" if milliseconds < 100 else f"{milliseconds:.0f} ms"
    seconds = milliseconds / 1000
    if seconds < 60:
        return f"{_digits(seconds)} s"
    return span(timedelta(seconds=seconds))


def some(names: Sequence[str], most: int = 2) -> str:
    """Return the first names and how many more there are: a, b +3."""
    return ", ".join(names[:most]) + (f" +{len(names) - most}" if len(names) > most else "")


def span(length: timedelta) -> str:
    """Return a length in its two largest units: 45 s, 3 min 20 s, 2 h 5 min, 6 d 4 h."""
    seconds = max(0, round(length.total_seconds()))
    units = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))
    parts: list[str] = []
    for name, size in units:
        amount, seconds = divmod(seconds, size)
        if amount or (name == "s" and not parts):
            parts.append(f"{amount} {name}")
        elif parts:
            break
    return " ".join(parts[:2])


def money(dollars: float | None) -> str:
    """Return < $0.0001, $0.0042, $1.24, $1,204."""
    if not known(dollars):
        return NONE
    if dollars == 0:
        return "$0"
    if 0 < dollars < 0.00005:
        return "< $0.0001"
    if abs(dollars) < 0.1:
        return f"${dollars:.4f}"
    return f"${dollars:,.2f}" if abs(dollars) < 1000 else f"${dollars:,.0f}"


def percent(share: float | None) -> str:
    """Return a share of one as 0.42 %, 3.1 %, 81 %."""
    if not known(share):
        return NONE
    return f"{_digits(share * 100, 2)} %" if abs(share) < 0.0995 else f"{share * 100:.0f} %"


def times(ratio: float | None) -> str:
    """Return a ratio as ×2.4."""
    return f"×{_digits(ratio)}" if known(ratio) else NONE


def p_value(value: float | None) -> str:
    """Return 0.031 or 4e-12; a probability is never shown as zero."""
    if not known(value):
        return NONE
    if value <= 0:
        return "< 1e-300"
    return f"{value:.2g}" if value >= 0.001 else f"{value:.0e}".replace("e-0", "e-")


def quantity(value: float | None, unit: str) -> str:
    """Return ``value`` in the words of its ``unit``: ms, s, share (of what, may follow), USD, or a plain count."""
    forms = {
        "ms": duration,
        "s": lambda seconds: duration(None if seconds is None else seconds * 1000),
        "share": percent,
        "ratio": percent,
        "USD": money,
        "usd": money,
    }
    return forms.get(unit.split(" ")[0], count)(value)


def clock(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Return 14:05 for today, Mon 14:05 within a week, 3 Mar 14:05 this year, 3 Mar 2025 before."""
    local, today = at.astimezone(zone), now.astimezone(zone)
    if local.date() == today.date():
        return f"{local:%H:%M}"
    if timedelta(0) <= today - local < timedelta(days=6):
        return f"{local:%a %H:%M}"
    if local.year == today.year:
        return f"{local.day} {local:%b %H:%M}"
    return f"{local.day} {local:%b %Y}"


def moment(at: datetime, zone: ZoneInfo) -> str:
    """Return a time in full: 3 Mar 2026 14:05:09 in the viewer's zone."""
    local = at.astimezone(zone)
    return f"{local.day} {local:%b %Y %H:%M:%S}"


def ago(at: datetime, now: datetime) -> str:
    """Return how long since ``at``, in one unit."""
    seconds = (now - at).total_seconds()
    if seconds < 5:
        return "just now"
    for name, size in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        if seconds >= size:
            return f"{int(seconds // size)} {name} ago"
    return "just now"


def rfc3339(at: datetime | None) -> str | None:
    """Return an aware time in UTC with a Z, to the millisecond; None stays None."""
    if at is None:
        return None
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def known(value: float | None) -> TypeGuard[float]:
    """Whether there is such a figure."""
    return value is not None and math.isfinite(value)


def _digits(value: float, digits: int = 3) -> str:
    """Return that many significant digits without a trailing dot."""
    if value == 0:
        return "0"
    places = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    text = f"{value:.{min(places, 4)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
