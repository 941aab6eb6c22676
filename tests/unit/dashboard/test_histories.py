"""The past is asked for once, and again only for the days in which late calls arrived."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dashboard.address import Scope, Window
from dashboard.read import histories as module
from dashboard.read.figures import read_figures
from dashboard.read.histories import ALL, Histories, of_model
from storage.engine import Engine, Result
from tests.unit.dashboard.calls import insert_calls

TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
WINDOW = Window(TODAY + timedelta(hours=1), TODAY + timedelta(hours=2))


@pytest.fixture
def asked(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every query that is sent to the store."""
    sent: list[str] = []
    query = engine.query

    def noted(sql: str, *more: object) -> Result:
        sent.append(sql)
        return query(sql, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(engine, "query", noted)
    return sent


def test_days_are_remembered_until_they_hold_more(
    engine: Engine, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "COUNTED_SECONDS", 0.0)
    insert_calls(engine, [TODAY - timedelta(days=day, hours=-1) for day in (1, 2, 3)], model="a")
    past = Histories(engine)
    first = past.before(WINDOW, Scope(), models=["a"])
    assert [bucket.requests for bucket in first[ALL]] == [1, 1, 1]
    assert of_model(first, "a") == first[ALL]
    asked.clear()
    assert past.before(WINDOW, Scope(), models=["a"]) == first
    assert len(asked) == 1  # only how many calls each day holds
    insert_calls(engine, [TODAY - timedelta(days=2, hours=-1)], model="b")
    later = past.before(WINDOW, Scope(), models=["a"])
    assert [bucket.requests for bucket in later[ALL]] == [1, 2, 1]
    assert [bucket.requests for bucket in of_model(later, "a")] == [1, 1, 1]


def test_figures_of_the_whole_the_steps_and_the_models_agree(engine: Engine) -> None:
    at = TODAY + timedelta(hours=1)
    insert_calls(engine, [at, at + timedelta(minutes=1)], model="a")
    insert_calls(engine, [at], model="b", failed=True)
    insert_calls(engine, [at + timedelta(minutes=30)], model="other")
    found = read_figures(engine, WINDOW, Scope(), 60, models=["b", "a"])
    assert (found.total.requests, found.total.failed) == (4, 1)
    assert [(bucket.at - at, bucket.requests) for bucket in found.buckets] == [
        (timedelta(0), 2), (timedelta(minutes=1), 1), (timedelta(minutes=30), 1),
    ]  # fmt: skip
    assert {model: sum(one.requests for one in buckets) for model, buckets in found.models.items()} == {"b": 1, "a": 2}
    nothing = read_figures(engine, Window(at - timedelta(days=9), at - timedelta(days=8)), Scope(), 60)
    assert (nothing.total.requests, nothing.buckets) == (0, [])
