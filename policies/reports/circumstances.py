"""What a report must know that no table says: how this installation is set up and what the collector counted.

The composition root looks and fills it in; None is "cannot be known here".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Place:
    """A folder or file that must be private: its mode (permission bits), None when it is not there."""

    name: str
    mode: int | None

    @property
    def private(self) -> bool:
        """Whether nobody but its owner may enter or read it."""
        return self.mode is None or not self.mode & 0o077


@dataclass(frozen=True, slots=True)
class Circumstances:
    """The installation as it is when the report is made.

    ``acknowledged``   spans that were acknowledged since the data directory began.
    ``waiting``        segments in the spool that are not yet loaded.
    ``quarantined``    reason -> spans set aside unstored; ``quarantined_in_period`` those set aside in the period.
    ``first_start``    when policies were first loaded here: how old the system is.
    ``otlp_host``, ``web_host`` addresses that are bound; ``tokens`` how many ingest tokens are demanded.
    ``handled``        incident id -> what a person said of it last (state, when).
    """

    release: str
    policy_digest: str
    store: str
    otlp_host: str
    otlp_loopback: bool
    web_host: str
    web_loopback: bool
    tokens: int
    places: tuple[Place, ...] = ()
    acknowledged: int | None = None
    waiting: int | None = None
    quarantined: Mapping[str, int] = field(default_factory=dict)
    quarantined_in_period: int = 0
    first_start: datetime | None = None
    handled: Mapping[str, tuple[str, datetime]] = field(default_factory=dict)
