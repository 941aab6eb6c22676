"""What every control is given to look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from policies.bundle import PolicySet
from policies.reports.asking import Asker
from policies.reports.circumstances import Circumstances
from policies.reports.model import Period

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Setting:
    """The store through ``ask``, the policies in force, and the installation as it is."""

    ask: Asker
    policies: PolicySet
    seen: Circumstances

    @property
    def period(self) -> Period:
        """The time the report is about."""
        return self.ask.period

    @property
    def step(self) -> timedelta:
        """A step of time that gives a chart 24 to 100 places: an hour, six, a day or a week."""
        length = self.period.end - self.period.start
        steps = (HOUR, 6 * HOUR, DAY, 7 * DAY)
        return next((step for step in steps if length / step <= 100), 7 * DAY)
