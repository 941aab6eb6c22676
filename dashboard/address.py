"""What is shown, as the URL says it: time range, scope, live or not. One type, read and written in one place.

``?range=24h`` is a moving window that ends now; ``?from=...&to=...`` (RFC 3339) stands still. ``service``, ``model``
and ``tenant`` narrow. A page keeps its own choices (``state``, ``policy``, ``before``) as further parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode

RANGES: Mapping[str, timedelta] = {
    "15m": timedelta(minutes=15),
    "1h": timedelta(hours=1),
    "6h": timedelta(hours=6),
    "24h": timedelta(hours=24),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}
DEFAULT_RANGE = "24h"
SCOPE_KEYS = ("tenant", "service", "model")
FRAME_KEYS = ("range", "from", "to", "live", *SCOPE_KEYS)
LONGEST = timedelta(days=400)


class BadAddress(ValueError):
    """A parameter cannot be used; the message says which and what it takes."""


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open stretch of time ``[start, end)`` on whole minutes, aware UTC."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.end - self.start

    def shifted(self, by: timedelta) -> Window:
        """Return the same length ``by`` later (earlier when negative)."""
        return Window(self.start + by, self.end + by)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which part of the traffic; an empty string means all."""

    tenant: str = ""
    service: str = ""
    model: str = ""

    def parameters(self) -> dict[str, str]:
        """Return the values to bind to ``{tenant:String}``, ``{service:String}``, ``{model:String}``."""
        return {"tenant": self.tenant, "service": self.service, "model": self.model}


@dataclass(frozen=True, slots=True)
class Address:
    """The URL's query, read. ``own`` holds the page's further parameters as they came."""

    range: str = DEFAULT_RANGE
    fixed: Window | None = None
    scope: Scope = Scope()
    live: bool = True
    own: Mapping[str, str] = field(default_factory=dict)

    def window(self, now: datetime) -> Window:
        """Return the window in view; a moving one ends with the minute under way, so that it is fresh."""
        if self.fixed:
            return self.fixed
        end = _minute(now) + timedelta(minutes=1)
        return Window(end - RANGES[self.range], end)

    def words(self) -> str:
        """Return the window in words, such as ``last 24 hours``."""
        if self.fixed:
            return "chosen time"
        number, unit = self.range[:-1], {"m": "minutes", "h": "hours", "d": "days"}[self.range[-1]]
        return f"last {number} {unit}" if number != "1" else f"last {unit[:-1]}"

    def search(self, **own: str) -> str:
        """Return the query string with the frame's choices and these page parameters, ``?`` included when any."""
        pairs: list[tuple[str, str]] = []
        if self.fixed:
            pairs += [("from", _text(self.fixed.start)), ("to", _text(self.fixed.end))]
        elif self.range != DEFAULT_RANGE:
            pairs.append(("range", self.range))
        pairs += [(key, value) for key, value in self.scope.parameters().items() if value]
        if not self.live:
            pairs.append(("live", "0"))
        pairs += [(key, value) for key, value in own.items() if value]
        return f"?{urlencode(pairs)}" if pairs else ""

    def around(self, start: datetime, end: datetime) -> Address:
        """Return this address on a fixed window."""
        return replace(self, fixed=Window(_minute(start), _minute(end) + timedelta(minutes=1)))


def read_address(search: str | None) -> Address:
    """Read a query string strictly. Raises BadAddress with what to write instead."""
    given = dict(parse_qsl((search or "").lstrip("?"), max_num_fields=40))
    name = given.get("range", DEFAULT_RANGE)
    if name not in RANGES:
        raise BadAddress(f"range is one of {', '.join(RANGES)}, not {name[:20]!r}")
    scope = Scope(*(given.get(key, "")[:200] for key in SCOPE_KEYS))
    own = {key: value[:500] for key, value in given.items() if key not in FRAME_KEYS}
    return Address(name, _fixed(given), scope, given.get("live") != "0", own)


def lenient_address(search: str | None) -> Address:
    """Read a query string for a page: what cannot be used falls back to the default."""
    try:
        return read_address(search)
    except ValueError:
        return Address()


def read_time(text: str, name: str) -> datetime:
    """Read an RFC 3339 time; raises BadAddress that names the parameter."""
    try:
        at = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        raise BadAddress(f"{name} is an RFC 3339 time such as 2026-01-31T14:05:00Z, not {text[:40]!r}") from None
    if at.tzinfo is None:
        raise BadAddress(f"{name} needs a zone, such as 2026-01-31T14:05:00Z")
    return at.astimezone(UTC)


def _fixed(given: Mapping[str, str]) -> Window | None:
    if "from" not in given and "to" not in given:
        return None
    if not ("from" in given and "to" in given):
        raise BadAddress("give both from and to, or range")
    start, end = read_time(given["from"], "from"), read_time(given["to"], "to")
    if not timedelta(0) < end - start <= LONGEST:
        raise BadAddress(f"to comes after from, by at most {LONGEST.days} days")
    last = _minute(end) if end == _minute(end) else _minute(end) + timedelta(minutes=1)
    return Window(_minute(start), last)


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
