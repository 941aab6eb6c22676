"""What detectors look at: the minutes of one series, as arrays.

A series is one (tenant, service, model, operation, target, region). Latency is read from calls that went well: a
failure's duration says how long it took to fail, and failures have a detector of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
MINUTE = timedelta(minutes=1)
KEYS = ("tenant", "service", "model", "operation", "target", "region")

VALUES = ("n", "failed", "plain", "known", "plain_y", "plain_yy", "y", "yy", "x", "xx", "xy")


@dataclass(frozen=True, slots=True)
class Key:
    """What names a series; '' where a dimension does not apply, or is summed over (``pooled``)."""

    tenant: str
    service: str
    model: str
    operation: str
    target: str
    region: str
    pooled: bool = False

    def scope(self) -> dict[str, str]:
        """The dimensions that say something, without the tenant."""
        named = {"service": self.service, "model": self.model, "operation": self.operation, "region": self.region}
        if self.target:
            named["tool_name" if self.operation == "execute_tool" else "agent_name"] = self.target
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True, slots=True)
class Series:
    """Sums by minute, arrays of one length. ``y`` = ln(ms), ``x`` = ln(32 + output tokens), over calls that went
    well and whose output length is known; ``plain_*`` are those whose length is not."""

    key: Key
    start: datetime
    n: Floats
    failed: Floats
    plain: Floats
    known: Floats
    plain_y: Floats
    plain_yy: Floats
    y: Floats
    yy: Floats
    x: Floats
    xx: Floats
    xy: Floats

    def minute(self, index: int) -> datetime:
        """The time at which minute ``index`` begins, aware UTC."""
        return self.start + int(index) * MINUTE


def rolling(values: Floats, minutes: int) -> Floats:
    """Sum of the ``minutes`` up to and with each minute; no look ahead."""
    total = np.concatenate(([0.0], np.cumsum(values)))
    begin = np.maximum(0, np.arange(1, len(total)) - minutes)
    return total[1:] - total[begin]
