"""Which attributes the dialect tables know, and whose the others are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from storage.dialects.fields import Dialect

# Attributes of other conventions: not about models, but not strange either.
STANDARD = (
    "http", "url", "server", "client", "net", "network", "rpc", "db", "messaging", "faas", "code", "thread",
    "exception", "error", "otel", "telemetry", "service", "host", "process", "container", "k8s", "cloud", "user_agent",
    "enduser", "user", "session", "peer", "aws", "az", "gcp", "graphql", "feature_flag", "deployment", "source",
    "destination", "tls", "dns", "file", "log", "event", "device", "os", "browser", "app",
)  # fmt: skip
_NUMBER = re.compile(r"\.\d+\b", re.ASCII)


def folded(key: str) -> str:
    """Return an attribute's name with its numbers as N: all messages of a conversation are one."""
    return _NUMBER.sub(".N", key)


def namespace(key: str) -> str:
    """Return the standard namespace of an attribute, '' if it is of none."""
    first = key.partition(".")[0]
    return first if first in STANDARD and first != key else ""


@dataclass(frozen=True, slots=True)
class Known:
    """The attributes that some dialects read or name."""

    keys: frozenset[str]
    patterns: re.Pattern[str]

    @classmethod
    def of(cls, dialects: Sequence[Dialect]) -> Known:
        """Gather the keys, and one pattern of those with stars."""
        names = [folded(key) for key in _names(dialects)]
        stars = (".*".join(re.escape(part) for part in name.split("*")) for name in names if "*" in name)
        return cls(frozenset(name for name in names if "*" not in name), re.compile("|".join(stars) or "(?!)"))

    def has(self, key: str) -> bool:
        """Whether an attribute is read or named."""
        name = folded(key)
        return name in self.keys or self.patterns.fullmatch(name) is not None


def _names(dialects: Sequence[Dialect]) -> Iterator[str]:
    """Every span attribute that a dialect reads or names, some with stars."""
    for dialect in dialects:
        yield from (arm.key for arm in dialect.arms if arm.source == "span")
        yield from dialect.keys
        yield from dialect.content
        yield from dialect.known
