"""Everything Home says, asked for once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboard.address import Scope, Window
from dashboard.read.bands import Band
from dashboard.read.changes import Change
from dashboard.read.figures import FIGURES, Bucket, earlier, moments, newest, read_figures, step_seconds, top_models
from dashboard.read.histories import ALL, Histories, of_model
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
    engine, step = services.engine, step_seconds(window)
    was, was_name = earlier(window)
    steps = moments(window, step)
    models = top_models(engine, window, scope)
    found = read_figures(engine, window, scope, step, models=models)
    past = histories.before(window, scope, models=models)

    def banded(name: str, buckets: Sequence[Bucket]) -> Banded:
        return list(zip(steps, histories.bands(window, name, steps, buckets), strict=True))

    return Board(
        window=window,
        step=timedelta(seconds=step),
        newest=newest(engine),
        incidents=incidents(engine, services.control, window, scope.tenant),
        policies=postures(engine, services.policies(), window, scope),
        changes=histories.changes(window, was, scope),
        now=found.total,
        was=histories.total(was, scope),
        was_name=was_name,
        buckets=found.buckets,
        bands={name: banded(name, past[ALL]) for name in FIGURES},
        models=found.models,
        model_bands={model: banded(figure, of_model(past, model)) for model in models},
        learning_until=_learning(services),
    )


def _learning(services: Services) -> str | None:
    until = services.stats().get("learning_until")
    return until if isinstance(until, str) else None
