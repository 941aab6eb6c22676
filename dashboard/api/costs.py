"""``/api/v1/costs``, ``budgets``, ``prices/unpriced`` and ``reprice``: what calls cost, and by which prices."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from analytics.budgets.standing import Standing
from dashboard.api.asked import Given, List
from dashboard.format import rfc3339
from dashboard.read.costs import DIMENSIONS, costs_by, unpriced_models

routes = APIRouter(tags=["costs"])


class Span(BaseModel):
    """The time whose calls are priced again, ``to`` exclusive; nothing is changed unless ``dry_run`` is false."""

    model_config = ConfigDict(extra="forbid")

    start: AwareDatetime = Field(alias="from")
    end: AwareDatetime = Field(alias="to")
    dry_run: bool = True


@routes.get("/costs")
def costs(
    services: Given,
    asked: List,
    by: Annotated[str, Query(description=f"One of {', '.join(DIMENSIONS)}.")] = "model",
) -> dict[str, Any]:
    """Return model calls, tokens and USD by a dimension, the dearest first.

    ``unpriced`` calls carry tokens and have no price; of ``compared`` calls both the reported and the computed cost are
    known. ``price`` is the line that the newest priced call was priced by.
    """
    if by not in DIMENSIONS:
        raise HTTPException(400, f"by is one of {', '.join(DIMENSIONS)}, not {by[:40]!r}")
    found = costs_by(services.engine, asked.window, asked.scope, by, asked.limit)
    rows = [{**asdict(one), "cost_per_thousand": one.per_thousand, "cached_share": one.cached_share} for one in found]
    return {"costs": rows, "next": None}


@routes.get("/prices/unpriced")
def unpriced(services: Given, asked: List) -> dict[str, Any]:
    """Return the models whose calls carry tokens and have no price; ``share`` is of all tokens of the time."""
    found = unpriced_models(services.engine, asked.window, asked.scope, asked.limit)
    rows = [
        {**asdict(one), "first_seen": rfc3339(one.first_seen), "last_seen": rfc3339(one.last_seen)} for one in found
    ]
    return {"unpriced": rows, "next": None}


@routes.get("/budgets")
def budgets(services: Given) -> dict[str, Any]:
    """Return where each budget of the file stands this month (UTC); USD. ``forecast`` is null under a week of days."""
    return {"budgets": [_standing(one) for one in services.budgets()], "next": None}


@routes.post("/reprice")
def reprice(services: Given, asked: Span) -> dict[str, Any]:
    """Return, by model, what pricing stored calls again changes, and change it unless it is a dry run."""
    start, end = _ordered(asked.start, asked.end)
    return {"differences": [asdict(each) for each in services.reprice(start, end, asked.dry_run)]}


def _ordered(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    if start >= end:
        raise HTTPException(400, "to comes after from")
    return start, end


def _standing(one: Standing) -> dict[str, Any]:
    return {
        "name": one.budget.name,
        "match": dict(one.budget.match),
        "usd_per_month": one.budget.usd_per_month,
        "month": one.month.isoformat(),
        "spent_usd": one.spent_usd,
        "left_share": one.left_share,
        "forecast": None if one.forecast is None else asdict(one.forecast),
        "state": one.state,
    }
