"""Everything Home says, asked for once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboard.address import Scope, Window
from dashboard.read.bands import Band
from dashboard.read.changes import Change, changes
from dashboard.read.figures import (
    FIGURES,
    Bucket,
    by_model,
    earlier,
    moments,
    newest,
    series,
    step_seconds,
    top_models,
    total,
)
from dashboard.read.histories import Histories
from dashboard.read.incidents import IncidentView, incidents
from dashboard.read.policies import Posture, postures
from dashboard.services import Services

Banded = Sequence[tuple[datetime, Band | None]]


@dataclass(frozen=True, slots=True)
class Board:
    """Home's contents. ``newest`` is None while nothing was ever stored."""

    window: Window
    step: timedelta
    newest: datetime | None
    incidents: Sequence[IncidentView]
    policies: Sequence[Posture]
    changes: Sequence[Change]
    now: Bucket
    was: Bucket
    was_name: str
    buckets: Sequence[Bucket]
    bands: Mapping[str, Banded]
    models: Mapping[str, Sequence[Bucket]]
    model_bands: Mapping[str, Banded]
    learning_until: str | None

    @property
    def open(self) -> list[IncidentView]:
        """Incidents that are not over, the gravest first."""
        gravity = {"critical": 0, "warning": 1, "note": 2}
        going_on = [one for one in self.incidents if one["state"] != "resolved"]
        return sorted(going_on, key=lambda one: gravity.get(one["severity"], 3))

    @property
    def failing(self) -> list[Posture]:
        """Policies with a finding in the window."""
        return [one for one in self.policies if one.state == "failing"]


def read_board(services: Services, histories: Histories, window: Window, scope: Scope, figure: str) -> Board:
    """Ask for everything; ``figure`` is the one that is drawn by model."""
    engine = services.engine
    step = timedelta(seconds=step_seconds(window))
    was, was_name = earlier(window)
    steps = moments(window, step_seconds(window))
    models = by_model(engine, window, scope, top_models(engine, window, scope), step_seconds(window))
    return Board(
        window=window,
        step=step,
        newest=newest(engine),
        incidents=incidents(engine, services.control, window, scope.tenant),
        policies=postures(engine, services.policies(), window, scope),
        changes=changes(engine, window, was, scope),
        now=total(engine, window, scope),
        was=total(engine, was, scope),
        was_name=was_name,
        buckets=series(engine, window, scope, step_seconds(window)),
        bands={name: _banded(histories, window, scope, name, steps) for name in FIGURES},
        models=models,
        model_bands={
            model: _banded(histories, window, Scope(scope.tenant, scope.service, model), figure, steps)
            for model in models
        },
        learning_until=_learning(services),
    )


def _banded(histories: Histories, window: Window, scope: Scope, figure: str, steps: list[datetime]) -> Banded:
    return list(zip(steps, histories.bands(window, scope, figure, steps), strict=True))


def _learning(services: Services) -> str | None:
    until = services.stats().get("learning_until")
    return until if isinstance(until, str) else None
