"""The control plane on SQLite: revisions add up to the models, times keep their zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.exc import IntegrityError, StatementError

from storage.control.models import Base, IncidentState, ReportRun
from storage.control.store import migrate_control, open_control
from storage.errors import StoreRejected


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'control.sqlite'}"
    migrate_control(url)
    return url


def test_revisions_add_up_to_the_models(url: str) -> None:
    control = open_control(url)
    with control.sql.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    control.close()


def test_migrating_twice_changes_nothing(url: str) -> None:
    migrate_control(url)


def test_times_come_back_aware_and_in_utc(url: str) -> None:
    control = open_control(url)
    at = datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    with control.begin() as session:
        session.add(IncidentState(incident_id="i", state="acknowledged", note="", author="", at=at))
    with control.session() as session:
        stored = session.query(IncidentState).one()
    assert stored.at == at
    assert stored.at.tzinfo is UTC
    control.close()


def test_a_naive_time_is_refused(url: str) -> None:
    control = open_control(url)
    naive = IncidentState(incident_id="i", state="open", note="", author="", at=datetime(2026, 3, 1))
    with pytest.raises(StatementError, match="aware"), control.begin() as session:
        session.add(naive)
    control.close()


def test_a_due_time_is_run_once(url: str) -> None:
    control = open_control(url)
    at = datetime(2026, 3, 1, tzinfo=UTC)

    def run(name: str) -> ReportRun:
        return ReportRun(
            id=name, report="r", schedule="daily", window_from=at, window_to=at, due_at=at, started_at=at,
            status="running", path="", digest="", error="",
        )  # fmt: skip

    with control.begin() as session:
        session.add(run("a"))
    with pytest.raises(IntegrityError), control.begin() as session:
        session.add(run("b"))
    control.close()


def test_another_address_says_what_to_write() -> None:
    with pytest.raises(StoreRejected, match="sqlite:///"):
        open_control("nonsense")
