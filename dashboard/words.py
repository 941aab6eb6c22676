"""Small pieces of English that several pages say the same way."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from dashboard.format import clock, known, percent, quantity, times

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dashboard.pages.page import Visit

SIGNALS = {"latency": "latency", "failures": "failures", "failure": "failures", "ttft": "time to first token"}
DIMENSIONS = {
    "service": "service",
    "model": "model",
    "operation": "operation",
    "region": "region",
    "service_version": "version",
    "prompt_version": "prompt version",
    "prompt_name": "prompt",
    "user_id": "user",
    "session_id": "session",
    "agent_name": "agent",
    "tool_name": "tool",
    "error_type": "error",
    "server_address": "server",
    "finish_reason": "finish reason",
}


def plural(number: int, one: str, many: str = "") -> str:
    """Return ``1 incident``, ``2 incidents``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def learning(visit: Visit, until: str | None) -> str:
    """Return ``learning what is normal until Tue 14:00`` while it is; empty after."""
    if not until:
        return ""
    try:
        at = datetime.fromisoformat(until)
    except ValueError:
        return ""
    if at.tzinfo is None or at <= visit.now:
        return ""
    return f"learning until {clock(at, visit.viewer.zone, visit.now)} what is normal"


def moved(now: float | None, was: float | None) -> str:
    """Return ``▲ 12 %`` against an earlier value, empty when there is none to hold it against."""
    if not known(now) or not known(was) or was == 0:
        return ""
    change = now / was - 1
    if abs(change) < 0.005:
        return "= same"
    glyph = "▲" if change > 0 else "▼"
    return f"{glyph} {times(now / was)}" if change > 3 else f"{glyph} {percent(abs(change))}"


def scope_words(scope: Mapping[str, object]) -> str:
    """Return a scope's values, such as ``gpt-4o · eu-west-1``."""
    return " · ".join(str(value) for value in scope.values() if value)


def slice_words(piece: Mapping[str, object]) -> str:
    """Return a slice as ``region eu-west-1, version v41``."""
    return ", ".join(f"{DIMENSIONS.get(name, name)} {value}" for name, value in piece.items())


def confidence(share: float | None, causes: int) -> str:
    """Say in words how much of the deviation the first slice explains."""
    if not causes:
        return "No slice stands out: the cause is shared by all of this traffic, or lies outside what spans say."
    if not known(share):
        return "How much the slices explain could not be computed."
    if share >= 0.8:
        return "High confidence: the first slice explains nearly all of the deviation."
    if share >= 0.5:
        return "Fair confidence: the first slice explains most of the deviation."
    return "Low confidence: the first slice explains only a part; look at the others too."


def value_words(value: object, unit: str) -> str:
    """Return a figure of JSON in its unit; what is no number is an en dash."""
    number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
    return quantity(number, unit)
