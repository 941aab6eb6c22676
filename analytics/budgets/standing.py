"""Where each budget stands: spent, forecast, and in one word."""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from typing import Literal

from analytics.budgets.budget import MATCHED, Budget
from analytics.budgets.forecast import WINDOW_DAYS, Forecast, forecast
from storage.engine import Engine

SPEND = files("storage").joinpath("sql", "read", "spend_days.sql").read_text("utf-8")
State = Literal["ok", "at_risk", "exceeded", "insufficient_data"]
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """A budget's month so far. ``forecast`` is None while there are too few days; times are aware UTC."""

    budget: Budget
    month: date
    spent_usd: float
    forecast: Forecast | None
    state: State

    @property
    def left_share(self) -> float:
        """What is left of the budget, as a share of it; negative when more was spent."""
        return 1 - self.spent_usd / self.budget.usd_per_month


def standings(engine: Engine, budgets: Sequence[Budget], now: datetime) -> list[Standing]:
    """Return where each budget stands at ``now``, in the order of the file. Raises StoreError."""
    if not budgets:
        return []
    now = now.astimezone(UTC)
    today, month = now.date(), now.date().replace(day=1)
    since = min(month, today - timedelta(days=WINDOW_DAYS))
    rows = engine.query(SPEND, {"from": since.isoformat(), "to": (today + DAY).isoformat()}).dicts()
    return [_standing(budget, rows, since, today, _days_left(now)) for budget in budgets]


def _standing(budget: Budget, rows: Sequence[Mapping[str, object]], since: date, today: date, left: float) -> Standing:
    spend: dict[date, float] = defaultdict(float)
    for row in rows:
        if budget.covers({name: str(row[name]) for name in MATCHED}):
            spend[_date(row["day"])] += float(str(row["usd"]))
    month = today.replace(day=1)
    spent = sum(usd for day, usd in spend.items() if day >= month)
    # Days before the first spend are no days of nothing: nobody was there yet.
    first = min(spend, default=today)
    days = [spend.get(first + DAY * place, 0.0) for place in range((today - max(first, since)).days)]
    ahead = forecast(days, spent, left)
    return Standing(budget, month, spent, ahead, _state(budget, spent, ahead))


def _state(budget: Budget, spent: float, ahead: Forecast | None) -> State:
    """At risk is one chance in ten, or more, of spending more than the budget by the end of the month."""
    if spent > budget.usd_per_month:
        return "exceeded"
    if ahead is None:
        return "insufficient_data"
    return "at_risk" if ahead.high > budget.usd_per_month else "ok"


def _days_left(now: datetime) -> float:
    days = calendar.monthrange(now.year, now.month)[1]
    return days - now.day + 1 - (now - now.replace(hour=0, minute=0, second=0, microsecond=0)) / DAY


def _date(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))
