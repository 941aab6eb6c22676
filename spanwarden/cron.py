"""Cron entries as people write them: five fields, Sunday is 0 or 7, a time zone, daylight saving minded.

APScheduler computes the times, on the clock on the wall: with a zone it goes back in time where an hour is repeated. It
numbers the days of the week from Monday, cron from Sunday; so they are given to it by name. A fixed hour that a change
of clocks repeats fires once, the first time; one that is skipped fires an hour on.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from apscheduler.triggers.cron import CronTrigger

DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
INSTANT = timedelta(microseconds=1)
# A change of clocks moves them by so much at most.
CHANGE = timedelta(hours=1)
Window = Literal["hour", "day", "week", "month"]


@dataclass(frozen=True, slots=True)
class Cron:
    """When something is due: ``after(t)`` is the first time later than ``t``. All times are aware UTC."""

    trigger: CronTrigger
    zone: ZoneInfo
    every_hour: bool

    @classmethod
    def parse(cls, text: str, zone: str) -> Cron:
        """Read five fields and a zone's name. Raises ValueError with what to write instead."""
        fields = text.split()
        try:
            place = ZoneInfo(zone)
            if len(fields) != 5:
                raise ValueError(f"{len(fields)} fields")
            trigger = CronTrigger.from_crontab(" ".join((*fields[:4], _by_name(fields[4]))), timezone=UTC)
        except (ValueError, ZoneInfoNotFoundError) as error:
            raise ValueError(
                f"{error}; write five cron fields such as '0 6 * * 1' and a zone such as 'Europe/Berlin'"
            ) from None
        return cls(trigger, place, "*" in fields[1])

    def after(self, at: datetime) -> datetime | None:
        """Return the first due time later than ``at``; None when there is none."""
        wall = at.astimezone(self.zone).replace(tzinfo=UTC) - CHANGE
        first: datetime | None = None
        while (due := self.trigger.get_next_fire_time(None, wall + INSTANT)) is not None:
            if first is not None and due > first.astimezone(self.zone).replace(tzinfo=UTC) + CHANGE:
                break
            later = [one for one in self._moments(due) if one > at]
            first = min([*later, first]) if first else min(later, default=None)
            wall = due
        return first

    def _moments(self, wall: datetime) -> list[datetime]:
        """Return when the clock on the wall says so: twice where an hour is repeated and every hour counts."""
        once, again = (wall.replace(tzinfo=self.zone, fold=fold).astimezone(UTC) for fold in (0, 1))
        return [once, again] if self.every_hour and again > once else [once]

    def last(self, since: datetime, until: datetime) -> datetime | None:
        """Return the last due time in ``(since, until]``, None when none is; by halving, so years cost nothing."""
        first = self.after(since)
        if first is None or first > until:
            return None
        low, high = since, until
        while high - low > timedelta(seconds=1):
            middle = low + (high - low) / 2
            due = self.after(middle)
            low, high = (middle, high) if due is not None and due <= until else (low, middle)
        return self.after(low)


def window_start(end: datetime, window: Window, zone: ZoneInfo) -> datetime:
    """Return where a window that ends at ``end`` begins: an hour of 60 minutes, else calendar time in ``zone``.

    A day that a change of clocks shortens has 23 hours; the month before 31 March begins on 28 or 29 February.
    """
    if window == "hour":
        return end - timedelta(hours=1)
    local = end.astimezone(zone)
    if window == "month":
        year, month = (local.year - 1, 12) if local.month == 1 else (local.year, local.month - 1)
        day = min(local.day, calendar.monthrange(year, month)[1])
        return local.replace(year=year, month=month, day=day, fold=0).astimezone(UTC)
    back = local.replace(tzinfo=None) - timedelta(days=7 if window == "week" else 1)
    return back.replace(tzinfo=zone).astimezone(UTC)


def _by_name(field: str) -> str:
    """Return cron's day-of-week field as a list of day names; ``*`` stays."""
    if field == "*":
        return field
    days: set[int] = set()
    for part in field.lower().split(","):
        match = re.fullmatch(r"(\*|[a-z]{3}|\d)(?:-([a-z]{3}|\d))?(?:/(\d+))?", part)
        if match is None or (match[1] == "*" and match[2]):
            raise ValueError(f"{field!r} is no day of the week")
        first, last = (0, 6) if match[1] == "*" else (_day(match[1]), _day(match[2] or match[1]))
        if match[3] and not match[2]:
            last = 6
        if last < first:
            last += 7
        days.update(day % 7 for day in range(first, last + 1, max(1, int(match[3] or 1))))
    return ",".join(DAYS[day] for day in sorted(days))


def _day(text: str) -> int:
    """Return 0 (Sunday) to 7 (Sunday again)."""
    if text in DAYS:
        return DAYS.index(text)
    if text.isdigit() and int(text) <= 7:
        return int(text)
    raise ValueError(f"{text!r} is no day of the week: 0 to 7 from Sunday on, or sun to sat")
