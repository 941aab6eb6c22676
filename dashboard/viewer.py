"""Who looks: the zone of their clock, the scheme and the width of their screen, as the browser reports them."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from dashboard.theme import Scheme


@dataclass(frozen=True, slots=True)
class Viewer:
    """The zone in which times are written, the scheme in which charts are drawn, and whether there is little width."""

    zone: ZoneInfo
    scheme: Scheme
    narrow: bool = False


def read_viewer(data: object) -> Viewer:
    """Read what the browser stored; anything unknown falls back to UTC and light."""
    given = data if isinstance(data, dict) else {}
    scheme: Scheme = "dark" if given.get("scheme") == "dark" else "light"
    return Viewer(_zone(given.get("zone")), scheme, given.get("narrow") is True)


def _zone(name: object) -> ZoneInfo:
    try:
        return ZoneInfo(name if isinstance(name, str) and len(name) < 64 else "UTC")
    except (ValueError, OSError, KeyError):  # unknown, or not a name at all: ZoneInfo raises each of these
        return ZoneInfo("UTC")
