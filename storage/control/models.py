"""The control plane's tables: what people decide and what runs on a schedule. Times are aware UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time; SQLite keeps no zone, so it is put back on the way out."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ANN401 (SQLAlchemy's type)
        """Store as naive UTC; a naive value is a mistake of the caller."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("give an aware time, such as datetime.now(UTC)")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return an aware UTC time."""
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """The one registry of control-plane tables; Alembic compares it with the database."""

    type_annotation_map = {datetime: UtcDateTime}  # noqa: RUF012 (SQLAlchemy reads it from the class)


class PolicyVersion(Base):
    """A policy bundle that was in force: its digest, its canonical text, since when."""

    __tablename__ = "policy_versions"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    policies: Mapped[str] = mapped_column(Text)
    loaded_at: Mapped[datetime]


class IncidentState(Base):
    """What a person said of an incident; the incident itself is telemetry and lies in ClickHouse."""

    __tablename__ = "incident_states"

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[str] = mapped_column(String(64), index=True)
    state: Mapped[str] = mapped_column(String(16))
    note: Mapped[str] = mapped_column(Text, default="")
    author: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[datetime]


class ReportRun(Base):
    """One run of a report, by hand or by schedule; a schedule runs once for each due time."""

    __tablename__ = "report_runs"
    __table_args__ = (
        UniqueConstraint("schedule", "due_at", name="uq_report_runs_schedule_due_at"),
        Index("ix_report_runs_started_at", "started_at"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    report: Mapped[str] = mapped_column(String(64))
    schedule: Mapped[str | None] = mapped_column(String(64))
    window_from: Mapped[datetime]
    window_to: Mapped[datetime]
    due_at: Mapped[datetime | None]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    status: Mapped[str] = mapped_column(String(16))
    path: Mapped[str] = mapped_column(Text, default="")
    digest: Mapped[str] = mapped_column(String(64), default="")
    error: Mapped[str] = mapped_column(Text, default="")


class ScheduleMark(Base):
    """How far a schedule has been served; a restart catches up from here."""

    __tablename__ = "schedule_marks"

    schedule: Mapped[str] = mapped_column(String(64), primary_key=True)
    served_until: Mapped[datetime]
