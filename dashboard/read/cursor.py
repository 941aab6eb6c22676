"""Where a list goes on: the last row's time and id, in one opaque token. Rows added meanwhile shift nothing."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from dashboard.address import BadAddress

FORM = re.compile(r"^(-?\d{1,19})\.([\w:.\-]{1,80})$")


@dataclass(frozen=True, slots=True)
class Cursor:
    """The row after which to go on: nanoseconds since the epoch, and the id that breaks ties."""

    ns: int
    id: str

    @property
    def text(self) -> str:
        """The nanosecond time as SQL reads it, ``2026-01-31 14:05:09.123456789``."""
        seconds, rest = divmod(self.ns, 10**9)
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S}.{rest:09d}"

    def token(self) -> str:
        """Return it as text for a URL."""
        return base64.urlsafe_b64encode(f"{self.ns}.{self.id}".encode()).decode().rstrip("=")


START = Cursor(0, "")


def read_cursor(token: str | None) -> Cursor:
    """Read a token that ``Cursor.token`` wrote; empty starts at the top. Raises BadAddress for any other text."""
    if not token:
        return START
    try:
        text = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        text = ""
    found = FORM.match(text)
    if not found or abs(int(found[1])) >= 2**62:
        raise BadAddress("cursor is the value of next in the list before it")
    return Cursor(int(found[1]), found[2])


def nanoseconds(at: datetime) -> int:
    """Return an aware time as nanoseconds since the epoch, exactly."""
    since = at - datetime(1970, 1, 1, tzinfo=UTC)
    return ((since.days * 86400 + since.seconds) * 10**6 + since.microseconds) * 1000
